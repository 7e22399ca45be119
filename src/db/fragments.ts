/** Parts of statements that several stores need. They ask nothing, and reach no database. */
import { type SQL, sql } from 'drizzle-orm'

/** Milliseconds since the Unix epoch as a time of Postgres. @param milliseconds a number, or an expression */
export const instantOf = (milliseconds: number | SQL): SQL =>
  sql`to_timestamp(${milliseconds}::double precision / 1000)`

/** A list as one parameter: the statement stays the same, however long it is. */
export const textArray = (values: readonly string[]): SQL =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`

/** Whether a row has one of the versions its caller knows (`If-Match`); `undefined` stands for any. */
export const isExpectedVersion = (version: SQL, expected: readonly number[] | undefined): SQL =>
  expected === undefined
    ? sql`true`
    : sql`${version} in (select jsonb_array_elements_text(${JSON.stringify(expected)}::jsonb)::bigint)`

/** Text for a pattern of LIKE, in which no character means more than itself. */
export const literalInLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')
