/**
 * Writes of the admin API: one statement changes a row and records the audit event. Postgres compares the row before
 * and after in the transaction that locks it, so the trail cannot disagree with the row.
 */

import { type SQL, sql } from 'drizzle-orm'
import type { AuditEvent } from '../audit/event.ts'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import { isExpectedVersion } from '../db/fragments.ts'
import type { JsonRow } from '../db/json-row.ts'
import type { Row } from '../db/run-batch.ts'
import type { Problem } from '../kit/problem.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { notFound, preconditionFailed } from './problems.ts'

/** A column value as JSON; column names are the tables' own and come from code, never from a request. */
type Values = Readonly<Record<string, unknown>>

interface Change {
  readonly table: string
  readonly event: AuditEvent
  /** Columns that no event may show: hashes and sealed values. */
  readonly hidden?: readonly string[]
}

/** Inserts `row` and returns one row `{ after }`. Columns that are not named get their defaults. */
export function insertEntity({ table, row, event, hidden }: Change & { readonly row: Values }): SQL {
  const columns = identifiers(Object.keys(row))
  return sql`
    with changed as (
      insert into ${sql.identifier(table)} (${columns})
      select ${columns} from jsonb_populate_record(null::${sql.identifier(table)}, ${JSON.stringify(row)}::jsonb)
      returning *
    ), recorded as (${recordChange(event, sql`'{}'::jsonb`, visible('changed', hidden), sql`changed`)})
    select to_jsonb(changed) as after from changed`
}

/**
 * Applies `patch` as a JSON merge patch (RFC 7396) if the version of the row is one of `expectedVersions` (undefined:
 * any). A patch that changes nothing writes nothing. Read the rows with `outcomeOf`.
 */
export function updateEntity(
  input: Change & {
    readonly key: Values
    readonly patch: Values
    /** Columns derived from the row before the change: an expression of type jsonb on `current`. */
    readonly computed?: Readonly<Record<string, SQL>>
    readonly expectedVersions: readonly number[] | undefined
    /** A further condition on `current` (an SQL alias): rows that fail it count as absent. */
    readonly where?: SQL
  },
): SQL {
  const { table, key, patch, computed = {}, expectedVersions, event, hidden, where } = input
  // An empty patch changes nothing, but SQL requires a column.
  const columns = identifiers([
    ...Object.keys(Object.keys(patch).length > 0 ? patch : key),
    ...Object.keys(computed),
  ])
  const name = sql.identifier(table)
  return sql`
    with current as materialized (
      select * from ${name} as current where ${matches(key)} ${where ? sql`and (${where})` : sql``} for update
    ), wanted as (
      select ${isExpectedVersion(sql`current.version`, expectedVersions)} as matched,
        authly_merge_patch(to_jsonb(current), ${JSON.stringify(patch)}::jsonb)${computedFields(computed)} as merged
      from current
    ), changed as (
      update ${name} as target
      set (${columns}) = (select ${columns} from jsonb_populate_record(null::${name}, wanted.merged)),
        version = target.version + 1, updated_at = now()
      from current, wanted
      where ${sameKey(key)} and wanted.matched
        and jsonb_strip_nulls(wanted.merged) is distinct from jsonb_strip_nulls(to_jsonb(current))
      returning target.*
    ), recorded as (${recordChange(event, visible('current', hidden), visible('changed', hidden), sql`current, changed`)})
    select to_jsonb(current) as before, (select to_jsonb(changed) from changed) as after, wanted.matched
    from current, wanted`
}

/** Deletes the row if its version is expected; the event keeps the former row, for `?at=`. Read with `outcomeOf`. */
export function deleteEntity(
  input: Change & {
    readonly key: Values
    readonly expectedVersions: readonly number[] | undefined
    readonly where?: SQL
  },
): SQL {
  const { table, key, expectedVersions, event, hidden, where } = input
  const name = sql.identifier(table)
  return sql`
    with current as materialized (
      select * from ${name} as current where ${matches(key)} ${where ? sql`and (${where})` : sql``} for update
    ), wanted as (
      select ${isExpectedVersion(sql`current.version`, expectedVersions)} as matched from current
    ), changed as (
      delete from ${name} as target using current, wanted where ${sameKey(key)} and wanted.matched returning target.*
    ), recorded as (${recordChange(event, visible('changed', hidden), sql`'{}'::jsonb`, sql`changed`)})
    select to_jsonb(current) as before, null::jsonb as after, wanted.matched from current, wanted`
}

interface Versioned {
  readonly version: number
}

export interface Changed<R> {
  readonly before: R
  /** The row after the change (for a deletion: before it). */
  readonly after: R
}

/** The outcome of an update or a deletion: 404 when there is no such row, 412 when it has another version. */
export function outcomeOf<R extends Versioned>(
  { read }: JsonRow<R>,
  rows: readonly Row[] | undefined,
): Result<Changed<R>, Problem> {
  const [row] = rows ?? []
  if (!row) return err(notFound)
  const before = read(row['before'])
  if (row['matched'] !== true) return err(preconditionFailed(before.version))
  return ok({ before, after: row['after'] === null ? before : read(row['after']) })
}

/** The event of a change, for each row of `source` (one or none). */
export const recordChange = (event: AuditEvent, before: SQL, after: SQL, source: SQL): SQL =>
  insertEventPerRow(source, { ...event, changes: sql`authly_changes(${before}, ${after})` })

const identifiers = (names: readonly string[]): SQL =>
  sql.join(
    names.map((name) => sql.identifier(name)),
    sql`, `,
  )

const computedFields = (computed: Readonly<Record<string, SQL>>): SQL =>
  sql.join(
    Object.entries(computed).map(([column, value]) => sql` || jsonb_build_object(${column}::text, ${value})`),
    sql``,
  )

const matches = (key: Values): SQL =>
  sql.join(
    Object.entries(key).map(([column, value]) => sql`current.${sql.identifier(column)} = ${value}`),
    sql` and `,
  )

const sameKey = (key: Values): SQL =>
  sql.join(
    Object.keys(key).map(
      (column) => sql`target.${sql.identifier(column)} = current.${sql.identifier(column)}`,
    ),
    sql` and `,
  )

const visible = (alias: string, hidden: readonly string[] = []): SQL =>
  hidden.length === 0
    ? sql.raw(`to_jsonb(${alias})`)
    : sql.raw(`(to_jsonb(${alias}) - '{${hidden.join(',')}}'::text[])`)
