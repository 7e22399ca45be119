/**
 * Names beside the ids in tables: looked up for all rows together, at most one request for users and one for clients,
 * and none for what was named before. Whoever may not read users or clients sees ids alone.
 */
import type { CatalogueColumn, CatalogueOperation } from '../api/catalogue.ts'
import { readPage } from '../api/pages.ts'
import type { CommandContext } from '../command.ts'
import { Failure } from '../failure.ts'
import { type Item, valueAt } from '../output/table.ts'

type NamedKind = 'user' | 'client'

export interface RowNamer {
  /** The rows, with the name of `actor_id` as `actor_name`, and so on. */
  /** @param asks false: only names already known */
  name(rows: readonly Item[], asks?: boolean): Promise<readonly Item[]>
  /** The columns, with that of a name behind each column of ids. */
  columns(columns: readonly string[]): readonly string[]
}

/** As many ids as the API takes at once. */
const mostIds = 100

const mostRemembered = 10_000

const lists: Readonly<Record<NamedKind, { readonly id: string; readonly names: readonly string[] }>> = {
  user: { id: 'listUsers', names: ['username', 'email'] },
  client: { id: 'listClients', names: ['client_name'] },
}

export function createRowNamer(
  context: CommandContext,
  columns: readonly CatalogueColumn[],
  all: readonly CatalogueOperation[],
): RowNamer {
  const referring = columns.filter(({ refersTo }) => refersTo !== undefined && refersTo !== 'resource_server')
  const known = new Map<string, string>()
  const asked = new Set<string>()

  async function lookUp(kind: NamedKind, ids: readonly string[]): Promise<void> {
    const list = all.find(({ id }) => id === lists[kind].id)
    // A server that is older than this filter has no names to give.
    if (!list?.query.some(({ name }) => name === 'ids')) return
    for (let at = 0; at < ids.length; at += mostIds) {
      const some = ids.slice(at, at + mostIds)
      const query = new URLSearchParams({ ids: some.join(','), limit: String(mostIds) })
      const { items } = await readPage(await context.api(), list.path, query)
      const idName = kind === 'user' ? 'id' : 'client_id'
      for (const item of items) {
        const name = lists[kind].names.map((each) => item[each]).find((each) => each)
        if (name !== undefined) known.set(`${kind} ${item[idName]}`, String(name))
      }
    }
  }

  const forget = () => {
    known.clear()
    asked.clear()
  }

  return {
    async name(rows, asks = true) {
      const found = rows.flatMap((row) => referring.flatMap((column) => referenceOf(row, column) ?? []))
      // Following the trail never ends.
      if (asked.size > mostRemembered) forget()
      for (const kind of asks ? (['user', 'client'] as const) : []) {
        const ids = new Set(found.filter((one) => one.kind === kind).map(({ id }) => id))
        const unasked = [...ids].filter((id) => !asked.has(`${kind} ${id}`))
        for (const id of unasked) asked.add(`${kind} ${id}`)
        await lookUp(kind, unasked).catch(ignoreRefusal)
      }
      return rows.map((row) => withNames(row, referring, known))
    },
    columns: (shown) =>
      shown.flatMap((name) =>
        referring.some((column) => column.name === name) ? [name, nameColumn(name)] : [name],
      ),
  }
}

function withNames(row: Item, columns: readonly CatalogueColumn[], known: ReadonlyMap<string, string>): Item {
  const names = columns.flatMap((column) => {
    const reference = referenceOf(row, column)
    const name = reference && known.get(`${reference.kind} ${reference.id}`)
    return name === undefined ? [] : [[nameColumn(column.name), name]]
  })
  return { ...row, ...Object.fromEntries(names) }
}

/** `actor_id` and `actor.id` -> `actor_name` */
const nameColumn = (column: string): string => column.replace(/[._]id$/, '_name')

function referenceOf(
  row: Item,
  { name, refersTo }: CatalogueColumn,
): { kind: NamedKind; id: string } | undefined {
  const id = valueAt(row, name)
  const kind = refersTo === 'actor' || refersTo === 'entity' ? valueAt(row, typeColumn(name)) : refersTo
  if (typeof id !== 'string' || (kind !== 'user' && kind !== 'client')) return undefined
  // The list of ids is separated by commas.
  return id.includes(',') || (kind === 'user' && !uuid.test(id)) ? undefined : { kind, id }
}

/** `actor_id` and `actor.id` -> `actor_type` and `actor.type` */
const typeColumn = (column: string): string => column.replace(/id$/, 'type')

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A table without names is better than none. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Failure) || error.reason === 'interrupted') throw error
}
