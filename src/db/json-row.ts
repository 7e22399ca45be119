/**
 * Typed rows. A table row is selected as one JSON value, and one definition covers both selecting and reading it, so
 * that no operation declares by itself what Postgres returns. The types come from `schema.ts`, or from a schema that
 * checks the row.
 */
import { getTableColumns, type SQL, sql, type Table } from 'drizzle-orm'
import type { z } from 'zod'
import type { Row } from './run-batch.ts'

export interface JsonRow<R> {
  /** The value, in a select list: `select ${clientRow.json} as row from clients`. */
  readonly json: SQL
  /** What came back. */
  read(value: unknown): R
}

/** A row of a table (not aliased) with all its columns; `timestamptz` becomes a Date. */
export function tableRow<T extends Table>(table: T): JsonRow<T['$inferSelect']> {
  const times = Object.values(getTableColumns(table))
    .filter(({ dataType }) => dataType === 'date')
    .map(({ name }) => name)
  return {
    json: sql`to_jsonb(${table})`,
    read(value) {
      const row = value as Row
      for (const name of times) {
        const time = row[name]
        if (typeof time === 'string') row[name] = new Date(time)
      }
      return row
    },
  }
}

/** A value that Postgres builds, checked by a schema. */
export const builtRow = <S extends z.ZodType>(json: SQL, schema: S): JsonRow<z.output<S>> => ({
  json,
  read: (value) => schema.parse(value),
})

/** Rows of a statement that selects the value as `row`. */
export const allRows = <R>({ read }: JsonRow<R>, rows: readonly Row[] = []): readonly R[] =>
  rows.map(({ row }) => read(row))

export const firstRow = <R>(row: JsonRow<R>, rows: readonly Row[] = []): R | undefined =>
  allRows(row, rows.slice(0, 1))[0]

/** Rows of several columns, checked by a schema. */
export const checkRows = <S extends z.ZodType>(
  schema: S,
  rows: readonly Row[] = [],
): readonly z.output<S>[] => rows.map((row) => schema.parse(row))
