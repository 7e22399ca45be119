/** Settings in Postgres: a row is created by the first change, so version 0 means "never changed". */

import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { AuditEvent } from '../../audit/event.ts'
import { isExpectedVersion } from '../../db/fragments.ts'
import { checkRows, firstRow, tableRow } from '../../db/json-row.ts'
import type { Row } from '../../db/run-batch.ts'
import { settings } from '../../db/schema.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { recordChange } from '../entity-change.store.ts'
import { preconditionFailed } from '../problems.ts'
import type { SettingRow } from './setting.ts'

export const settingRow = tableRow(settings)

/** Rows for `firstRow(settingRow, …)`. */
export const selectSetting = (name: string): SQL =>
  sql`select ${settingRow.json} as row from settings where name = ${name}`

/**
 * Statements for `settingOutcome`: the change with its event, and the resulting row. Setting the same value again
 * changes nothing.
 */
export const changeSetting = (input: {
  readonly name: string
  readonly value: unknown
  readonly expectedVersions: readonly number[] | undefined
  readonly event: AuditEvent
}): readonly SQL[] => {
  const { name, expectedVersions, event } = input
  const value = sql`${JSON.stringify(input.value)}::jsonb`
  const matches = (version: SQL) => isExpectedVersion(version, expectedVersions)
  return [
    sql`with current as materialized (
        select * from settings where name = ${name} for update
      ), known as (
        select coalesce((select version from current), 0) as version,
          coalesce((select value from current), 'null'::jsonb) as value
      ), changed as (
        insert into settings (name, value)
        select ${name}, ${value} from known where ${matches(sql`known.version`)} and known.value is distinct from ${value}
        on conflict (name) do update
          set value = excluded.value, version = settings.version + 1, updated_at = now()
          -- Another's first change may have come in between: nobody has read that one.
          where ${matches(sql`settings.version`)}
        returning *
      ), recorded as (${recordChange(
        event,
        sql`jsonb_build_object('value', known.value)`,
        sql`jsonb_build_object('value', changed.value)`,
        sql`known, changed`,
      )})
      select known.version, (${matches(sql`known.version`)}) as matched, known.value is distinct from ${value} as differs,
        exists (select 1 from changed) as written
      from known`,
    selectSetting(name),
  ]
}

const attemptRow = z.object({ matched: z.boolean(), differs: z.boolean(), written: z.boolean() })

/** The row after the change, undefined if there still is none; 412 for another version. */
export function settingOutcome(rows: readonly (readonly Row[])[]): Result<SettingRow | undefined, Problem> {
  const [attempt] = checkRows(attemptRow, rows[0])
  const setting = firstRow(settingRow, rows[1])
  const isLost = !attempt?.matched || (attempt.differs && !attempt.written)
  return isLost ? err(preconditionFailed(setting?.version ?? 0)) : ok(setting)
}
