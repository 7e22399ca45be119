/** People are known by name: commands take a user name or an e-mail address where the API wants an id. */
import type { CatalogueOperation } from '../api/catalogue.ts'
import { readPage } from '../api/pages.ts'
import type { CommandContext } from '../command.ts'
import { Failure } from '../failure.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const listOf = (all: readonly CatalogueOperation[]) => all.find(({ id }) => id === 'listUsers')

/** Whether the path parameter `name` is an account that can be looked up. */
export const namesAccount = (name: string, all: readonly CatalogueOperation[]): boolean =>
  name === 'user_id' && listOf(all) !== undefined

/** The positionals, with the id in place of a name. */
export async function findAccount(
  context: CommandContext,
  operation: Pick<CatalogueOperation, 'params'>,
  all: readonly CatalogueOperation[],
): Promise<Readonly<Record<string, string>>> {
  const { positionals } = context
  const given = positionals['user_id']
  const list = listOf(all)
  if (
    given === undefined ||
    !list ||
    uuid.test(given) ||
    !operation.params.some(({ name }) => name === 'user_id')
  ) {
    return positionals
  }
  // Older servers have no filter for both; fullwidth letters are the server's to fold, but @ decides here.
  const both = list.query.some(({ name }) => name === 'identifier')
  const field = both ? 'identifier' : given.normalize('NFKC').includes('@') ? 'email' : 'username'
  if (!list.query.some(({ name }) => name === field)) return positionals
  const { items } = await readPage(
    await context.api(),
    list.path,
    new URLSearchParams({ [field]: given, limit: '2' }),
  )
  const [found, other] = items
  if (!found || other)
    throw new Failure('refused', `There is ${found ? 'more than one' : 'no'} account “${given}”.`)
  return { ...positionals, user_id: String(found['id']) }
}
