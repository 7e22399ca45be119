/** The state of the server as Postgres knows it, in one batch; every part is an index probe or a short table. */
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { builtRow, firstRow } from '../../db/json-row.ts'
import type { Row } from '../../db/run-batch.ts'

const time = z.coerce.date().transform((date) => date.toISOString())
const factsRow = builtRow(
  sql`to_jsonb(facts)`,
  z.object({
    migrations: z.number(),
    migrated_at: time.nullable(),
    last_position: z.number(),
    sealed_position: z.number(),
    unsealed_since: time.nullable(),
    queued: z.number(),
    running: z.number(),
    oldest_queued_at: time.nullable(),
  }),
)

/** Rows for `toStatusFacts`. The column `applied_at` exists only once `npm run db:migrate` of this version has run. */
export const selectStatus = (): SQL => sql`
    with sealed as (select coalesce(max(last_position), 0) as position from audit_checkpoints)
    select ${factsRow.json} as row from (select
      (select count(*)::int from drizzle.__drizzle_migrations) as migrations,
      (select max((to_jsonb(migration) ->> 'applied_at')::timestamptz) from drizzle.__drizzle_migrations migration)
        as migrated_at,
      (select coalesce(max(position), 0) from audit_events) as last_position,
      sealed.position as sealed_position,
      (select recorded_at from audit_events where position > sealed.position order by position limit 1) as unsealed_since,
      (select count(*)::int from jobs where status = 'queued') as queued,
      (select count(*)::int from jobs where status = 'running') as running,
      (select min(created_at) from jobs where status = 'queued') as oldest_queued_at
      from sealed) as facts`

export function toStatusFacts(rows: readonly Row[]) {
  const facts = firstRow(factsRow, rows)
  if (!facts) throw new Error('the status query returned no row')
  return {
    database: { migrations: facts.migrations, migrated_at: facts.migrated_at },
    audit: {
      last_position: facts.last_position,
      sealed_position: facts.sealed_position,
      unsealed_since: facts.unsealed_since,
    },
    jobs: {
      queued: facts.queued,
      running: facts.running,
      oldest_queued_at: facts.oldest_queued_at,
    },
  }
}
