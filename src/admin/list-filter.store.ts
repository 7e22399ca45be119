/** The filters of a list: query parameters and the conditions they become. */
import type { z } from '@hono/zod-openapi'
import { type Column, type SQL, sql } from 'drizzle-orm'

type Query = Readonly<Record<string, unknown>>

export interface Filters {
  /** The query parameters. */
  readonly query: z.ZodRawShape
  condition(query: Query): SQL
  /**
   * Whether few rows match, found by an index of their own. They may all be at the far end of an order by name, and
   * Postgres, which does not know that, would scan the index of the order to find them.
   */
  isNarrow(query: Query): boolean
}

/** One query parameter; without it, there is no condition. */
interface Filter {
  readonly schema: z.ZodType
  condition(value: unknown): SQL
}

export const filter = <S extends z.ZodType>(
  schema: S,
  condition: (value: NonNullable<z.output<S>>) => SQL,
): Filter => ({ schema, condition: condition as Filter['condition'] })

/** The column equals the value. */
export const equal = (schema: z.ZodType, column: Column): Filter =>
  filter(schema, (value) => sql`${column} = ${value}`)

/** The column equals one of the values, of which there is at least one. */
export const isOneOf = (column: Column, values: readonly string[]): SQL =>
  sql`${column} in (${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )})`

/** Independent filters: a row must match all that are given. */
export function allOf(filters: Readonly<Record<string, Filter>>): Filters {
  const entries = Object.entries(filters)
  return {
    query: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
    condition(query) {
      const given = entries.filter(([name]) => query[name] !== undefined)
      const conditions = given.map(([name, { condition }]) => condition(query[name]))
      return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
    },
    isNarrow: () => false,
  }
}
