/**
 * A list of the admin API from one definition: its query parameters, SQL, cursors, errors and pages. Pages are cut by
 * key, never by offset: rows that are inserted or deleted meanwhile neither hide others nor make them appear twice.
 */
import { z } from '@hono/zod-openapi'
import { type SQL, sql, type Table } from 'drizzle-orm'
import type { Caller } from '../access/actor.ts'
import type { JsonRow } from '../db/json-row.ts'
import type { Row } from '../db/run-batch.ts'
import { err } from '../kit/result.ts'
import { allOf, type Filters } from './list-filter.store.ts'
import { isBeyond, type Orders, orderBy, type SortKey } from './list-order.store.ts'
import { type AdminCall, answer, defineOperation, type Operation, type OperationSpec } from './operation.ts'
import { type CursorValues, decodeCursor, encodeCursor } from './page-cursor.ts'
import { invalidRequest } from './problems.ts'
import { type PageSchema, pageQuery } from './schemas.ts'

type Described = 'id' | 'path' | 'tag' | 'summary' | 'description' | 'permission' | 'params'

/** What every list defines. */
export interface List<R, Item extends z.ZodType>
  extends Pick<OperationSpec<z.ZodObject, z.ZodObject, z.ZodType, never>, Described> {
  readonly page: { readonly description: string; readonly schema: PageSchema<Item> }
  /** Names the list in its cursors. Clients keep cursors: never change it. */
  readonly cursors: string
  /** A unique key that ends every sort order. */
  readonly key: readonly SortKey[]
  readonly orders: Orders
  readonly row: JsonRow<R>
  /** Refuse what its permission alone does not. @param query path and query */
  guards?(query: Asked['query'], actor: Caller): readonly SQL[]
  /** The row as the API shows it. */
  view(row: R, asking: Asking): z.input<Item> | Promise<z.input<Item>>
}

/** For what a view of a row needs besides it. */
export interface Asking extends Pick<AdminCall, 'deps'> {
  /** Path and query. */
  readonly query: Readonly<Record<string, unknown>>
}

/** Where the rows come from. */
export interface Source {
  /** The query parameters that are filters. */
  readonly query: z.ZodRawShape
  statements(asked: Asked): Statements
}

/** What a request asks of a list. */
export interface Asked {
  /** Path and query. */
  readonly query: Readonly<Record<string, unknown>>
  readonly keys: readonly SortKey[]
  readonly isDescending: boolean
  /** The end of the previous page. */
  readonly place: CursorValues | undefined
  /** Page size plus one. */
  readonly limit: number
  /** What to select of each row. */
  readonly columns: SQL
}

/** `count`: one row `{ count }`. */
export interface Statements {
  readonly page: SQL
  readonly count: SQL
}

/** A list of filtered rows of a table or join. */
export const defineList = <R, Item extends z.ZodType>({
  table,
  filters = allOf({}),
  ...list
}: List<R, Item> & { readonly table: Table | SQL; readonly filters?: Filters }): Operation =>
  defineListFrom({ query: filters.query, statements: (asked) => selectFrom(table, filters, asked) }, list)

/** Takes one round trip per page, whether matches are counted or not. */
export function defineListFrom<R, Item extends z.ZodType>(source: Source, list: List<R, Item>): Operation {
  const { page, cursors, key, orders, row, guards, view, ...described } = list
  const answers: { readonly 200: { readonly description: string; readonly schema: z.ZodType } } = {
    200: page,
  }
  return defineOperation({
    ...described,
    method: 'get',
    query: z.object({ ...pageQuery, ...orders.query, ...source.query }),
    answers,
    async run({ actor, db, deps, params, query }) {
      const { limit, cursor, include_total } = query
      const { name, isDescending, first } = orders.choose(query)
      const cursorsOf = name === undefined ? cursors : `${cursors}:${name}`
      const keys = first ? [first, ...key] : key
      const place = cursor === undefined ? undefined : decodeCursor(cursorsOf, cursor, kindsOf(keys))
      if (cursor !== undefined && !place) return err(foreignCursor(name !== undefined))
      const columns = sql`${row.json} as row, ${placeOf(keys)} as place`
      const { page, count } = source.statements({
        ...{ query: { ...params, ...query }, keys, isDescending, place, columns, limit: limit + 1 },
      })
      const before = guards?.({ ...params, ...query }, actor) ?? []
      const statements = [...before, page, ...(include_total ? [count] : [])]
      const [rows = [], counted] = (await db.runAll(statements)).slice(before.length)
      const asking = { query: { ...params, ...query }, deps }
      const shown = rows.slice(0, limit)
      const items = await Promise.all(shown.map((each) => view(row.read(each['row']), asking)))
      return answer(200, { items, page_info: pageInfo(cursorsOf, rows, limit, counted) })
    },
  })
}

/** Reads a range of the index of the order and filters it. */
function selectFrom(table: Table | SQL, filters: Filters, asked: Asked): Statements {
  const { query, keys, isDescending, place, columns, limit } = asked
  const condition = filters.condition(query)
  const beyond = place ? sql`and ${isBeyond(keys, isDescending, place)}` : sql``
  return {
    page: sql`select ${columns} from ${table} where ${condition} ${beyond}
      order by ${orderBy(keys, isDescending, filters.isNarrow(query))} limit ${limit}`,
    count: sql`select count(*)::int as count from ${table} where ${condition}`,
  }
}

function pageInfo(cursors: string, rows: readonly Row[], limit: number, counted: readonly Row[] | undefined) {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    has_next_page: last !== undefined,
    next_cursor: last ? encodeCursor(cursors, last['place'] as CursorValues) : null,
    ...(counted ? { total_count: Number(counted[0]?.['count']) } : {}),
  }
}

const kindsOf = (keys: readonly SortKey[]) => keys.map(({ kind }) => kind)

/**
 * Built as JSON by Postgres, so that times keep their microseconds; otherwise rows within the same millisecond would be
 * skipped.
 */
const placeOf = (keys: readonly SortKey[]): SQL =>
  sql`jsonb_build_array(${sql.join(
    keys.map((each) => each.sql),
    sql`, `,
  )})`

const foreignCursor = (hasOrders: boolean) =>
  invalidRequest([
    { parameter: 'cursor', detail: `is no cursor of this list${hasOrders ? ' and order' : ''}` },
  ])
