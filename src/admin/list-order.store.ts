/** The order in which a list is read: by a unique key, optionally by another value first. */
import { z } from '@hono/zod-openapi'
import { type Column, type SQL, sql } from 'drizzle-orm'
import type { CursorKind, CursorValues } from './page-cursor.ts'

/** What rows are ordered by. Never null: a comparison with null matches no row. */
export interface SortKey {
  readonly sql: SQL
  readonly kind: CursorKind
}

/**
 * A column without nulls, or an expression that coalesces them, written exactly as in an index: otherwise each page
 * reads the whole table.
 */
type Sortable = SQL | (Column & { readonly _: { readonly notNull: true } })

const sortKey =
  (kind: CursorKind) =>
  (sortable: Sortable): SortKey => ({ sql: sql`${sortable}`, kind })
export const byText = sortKey('text')
export const byTime = sortKey('time')
export const byUuid = sortKey('uuid')
export const byPosition = sortKey('position')

const types: Readonly<Record<CursorKind, SQL>> = {
  text: sql`text`,
  time: sql`timestamptz`,
  uuid: sql`uuid`,
  position: sql`bigint`,
}

/** The requested order. */
export interface Order {
  /**
   * For a list with several orders: part of the name of its cursors, because a place in one order means nothing in
   * another.
   */
  readonly name: string | undefined
  readonly isDescending: boolean
  /** Comes before the key. */
  readonly first: SortKey | undefined
}

/** The orders of a list: the query parameter that selects one, if there is a choice. */
export interface Orders {
  readonly query: z.ZodRawShape
  choose(query: Readonly<Record<string, unknown>>): Order
}

/** A single order: by the key. */
export const keyOrder = (direction: 'asc' | 'desc'): Orders => ({
  query: {},
  choose: () => ({ name: undefined, isDescending: direction === 'desc', first: undefined }),
})

/** `order`: by the key, in either direction. */
export const eitherWay = (byDefault: 'asc' | 'desc', description: string): Orders => ({
  query: { order: z.enum(['asc', 'desc']).default(byDefault).openapi({ description }) },
  choose: ({ order }) => ({ name: String(order), isDescending: order === 'desc', first: undefined }),
})

/** `sort`: the name of a sort key, prefixed with `-` for descending. */
export function sortedBy<Name extends string>(
  keys: Readonly<Record<Name, SortKey>>,
  byDefault: NoInfer<Name | `-${Name}`>,
): Orders {
  const names = Object.keys(keys).flatMap((name) => [name, `-${name}`])
  return {
    query: {
      sort: z
        .enum(names as [string, ...string[]])
        .default(byDefault)
        .openapi({ description: 'Order of the list; `-` before the name is descending', example: byDefault }),
    },
    choose({ sort }) {
      const name = String(sort)
      const isDescending = name.startsWith('-')
      return { name, isDescending, first: keys[name.slice(isDescending ? 1 : 0) as Name] }
    },
  }
}

/** An `order by` over `keys`; `hideFirst` keeps Postgres off the index of the order (see `Filters.isNarrow`). */
export function orderBy(keys: readonly SortKey[], isDescending: boolean, hideFirst = false): SQL {
  const direction = isDescending ? sql`desc` : sql`asc`
  const terms = keys.map(({ sql: key, kind }, place) =>
    hideFirst && place === 0 && kind === 'text' ? sql`${key} || '' ${direction}` : sql`${key} ${direction}`,
  )
  return sql.join(terms, sql`, `)
}

/** Rows after the place of a cursor: one range of the index of this order. */
export function isBeyond(keys: readonly SortKey[], isDescending: boolean, place: CursorValues): SQL {
  const columns = sql.join(
    keys.map((key) => key.sql),
    sql`, `,
  )
  const values = sql.join(
    keys.map(({ kind }, index) => sql`${place[index]}::${types[kind]}`),
    sql`, `,
  )
  return sql`(${columns}) ${isDescending ? sql`<` : sql`>`} (${values})`
}
