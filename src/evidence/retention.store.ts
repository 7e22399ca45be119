/** Retention in Postgres. */

import { sql } from 'drizzle-orm'
import type { EventClass } from '../audit/event-types.ts'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import { instantOf } from '../db/fragments.ts'
import type { RunBatch } from '../db/run-batch.ts'
import { selectSegment, toSegment } from './evidence.store.ts'
import type { RetentionNeeds, RetentionRule } from './retention.ts'

export const createRetentionStore = (
  runBatch: RunBatch,
): Pick<RetentionNeeds, 'findDue' | 'readSegment' | 'remove'> => ({
  async findDue(rules) {
    const [rows] = await runBatch([selectDue(rules)])
    const [row] = (rows ?? []) as unknown as readonly { sequence: string; event_class: EventClass }[]
    return row && { sequence: Number(row.sequence), event_class: row.event_class }
  },

  async readSegment(sequence) {
    const [rows] = await runBatch([selectSegment(sequence)])
    return toSegment(rows ?? [])
  },

  async remove({ sequence, positions, event }) {
    await runBatch([
      sql`
        with gone as (
          delete from audit_events
          where position in (select jsonb_array_elements_text(${JSON.stringify(positions)}::jsonb)::bigint)
          returning position
        )
        ${insertEventPerRow(sql`(select 1 from gone limit 1) as removal`, event)}`,
      // Without events the leaves have nothing left to prove; the signed root stays.
      sql`
        update audit_checkpoints as checkpoint set leaves = '[]'
        where sequence = ${sequence} and not exists (
          select 1 from audit_events where position <= checkpoint.last_position and position > coalesce(
            (select max(before.last_position) from audit_checkpoints as before where before.sequence < ${sequence}), 0))`,
    ])
  },
})

/** The oldest event of each type decides. Positions grow with time, so one index lookup per type is enough. */
const selectDue = (rules: readonly RetentionRule[]) => sql`
  select due.event_class, checkpoint.sequence
  from (
    select rule.event_class, first.position
    from jsonb_to_recordset(${JSON.stringify(rules)}::jsonb) as rule (event_class text, types jsonb, before bigint)
    cross join lateral jsonb_array_elements_text(rule.types) as type (name)
    cross join lateral (
      select position, occurred_at from audit_events where audit_events.type = type.name order by position limit 1
    ) as first
    where first.occurred_at < ${instantOf(sql.raw('rule.before'))}
    order by first.position limit 1
  ) as due
  cross join lateral (
    select sequence from audit_checkpoints where last_position >= due.position order by sequence limit 1
  ) as checkpoint`
