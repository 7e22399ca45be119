/**
 * People know names: commands take a username, an e-mail address or the name of a client where the API wants an
 * id. What has the form of an id is one, and an existing id comes before any name.
 */
import type { CatalogueOperation, EntityKind } from '../api/catalogue.ts'
import type { CommandContext } from '../command.ts'
import { Failure } from '../failure.ts'
import {
  clientsNamed,
  isClientId,
  type LookUp,
  noneWhenForbidden,
  resourceServersNamed,
  usersNamed,
} from './look-up.ts'

/** What may be typed in place of an id; for help. */
export const waysToName: Readonly<Record<EntityKind, string>> = {
  user: 'id, username or e-mail address',
  client: 'client id or name',
  resource_server: 'identifier or name',
  actor: 'id or name of a user or client',
  entity: 'id; a user or client also by name',
}

export interface Finder {
  /** @returns the id. Throws Failure when no entity, or more than one, has this name. */
  find(kind: EntityKind, given: string): Promise<string>
}

/**
 * @param isChange what is found will be changed: then it must be there, and which id a name stands for is said, so that
 * nobody changes another entity unawares. To be read, also of the past, is what was deleted, too.
 * @param isPreview nothing is sent, so nothing is looked up either
 */
export function createFinder(
  context: CommandContext,
  all: readonly CatalogueOperation[],
  isChange: boolean,
  isPreview: boolean = context.global.dryRun,
): Finder {
  const { output } = context
  const pathOf = (operationId: string) => all.find(({ id }) => id === operationId)?.path
  return {
    async find(kind, given) {
      if (hasFormOfId(kind, given)) return given
      if (isPreview) {
        output.note(`“${given}” would be looked up first, unless it is an id.`)
        return given
      }
      const id = await findBy({ api: await context.api(), pathOf }, kind, given)
      if (id === undefined && !isChange && (kind === 'client' || kind === 'actor')) {
        output.note(`There is no ${nouns[kind]} “${given}” now; it is taken as the id of one that was.`)
        return given
      }
      if (id === undefined)
        throw new Failure('refused', `There is no ${nouns[kind]} “${given}”.`, { hint: listings[kind] })
      if (isChange && id !== given) output.note(`“${given}” is ${nouns[kind]} ${id}.`)
      return id
    },
  }
}

const nouns: Readonly<Record<EntityKind, string>> = {
  user: 'account',
  client: 'client',
  resource_server: 'resource server',
  actor: 'user or client',
  entity: 'thing',
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Client ids may be any text, but never a UUID; resource servers are absolute URIs (RFC 8707 §2). */
const hasFormOfId = (kind: EntityKind, given: string): boolean =>
  kind === 'resource_server'
    ? /^[a-z][a-z\d+.-]*:[\x21-\x7e]+$/i.test(given)
    : uuid.test(given) || kind === 'entity'

async function findBy(lookUp: LookUp, kind: EntityKind, given: string): Promise<string | undefined> {
  if (kind === 'client' || kind === 'actor') {
    const isId = await isClientId(lookUp, given)
    // Without the right to read clients nothing but an id can be meant.
    if (isId !== false) return given
  }
  const found = [
    ...(kind === 'user' ? await usersNamed(lookUp, given) : []),
    // Whoever may not read users can still mean a client.
    ...(kind === 'actor' ? await usersNamed(lookUp, given).catch(noneWhenForbidden) : []),
    ...(kind === 'client' || kind === 'actor' ? await clientsNamed(lookUp, given) : []),
    ...(kind === 'resource_server' ? await resourceServersNamed(lookUp, given) : []),
  ]
  const [one, ...others] = found
  if (others.length === 0) return one?.id
  const choices = found.map(({ shown }) => `  ${shown}`).join('\n')
  throw new Failure('refused', `“${given}” may be any of ${found.length}; give the id:\n${choices}`)
}

const listings: Readonly<Record<EntityKind, string>> = {
  user: 'authly users list --q <words> finds people.',
  client: 'authly clients list shows what there is.',
  resource_server: 'authly resource-servers list shows what there is.',
  actor: 'authly users list and authly clients list show who there is.',
  entity: '',
}
