/** What a list can be filtered by: query parameters and the conditions they become. */
import type { z } from '@hono/zod-openapi'
import { type Column, type SQL, sql } from 'drizzle-orm'

type Query = Readonly<Record<string, unknown>>

export interface Filters {
  /** The query parameters. */
  readonly query: z.ZodRawShape
  condition(query: Query): SQL
  /**
   * Whether few rows match, found by an index of their own. They may lie together at the far end of an order of names:
   * Postgres, which does not know, would walk there along the index of the order.
   */
  isNarrow(query: Query): boolean
}

/** One parameter; absent, it is no condition. */
interface Filter {
  readonly schema: z.ZodType
  condition(value: unknown): SQL
}

export const filter = <S extends z.ZodType>(
  schema: S,
  condition: (value: NonNullable<z.output<S>>) => SQL,
): Filter => ({ schema, condition: condition as Filter['condition'] })

/** The column is the value. */
export const equal = (schema: z.ZodType, column: Column): Filter =>
  filter(schema, (value) => sql`${column} = ${value}`)

/** Filters that are independent: all that are given must hold. */
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
