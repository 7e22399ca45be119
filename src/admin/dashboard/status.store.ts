/** What Postgres knows of the state of the server, in one batch; every part is an index probe or a short table. */
import { type SQL, sql } from 'drizzle-orm'
import type { Row } from '../../db/run-batch.ts'

interface FactsRow {
  readonly migrations: number
  readonly migrated_at: string | null
  readonly last_position: number
  readonly sealed_position: number
  readonly unsealed_since: string | null
  readonly queued: number
  readonly running: number
  readonly oldest_queued_at: string | null
}

/** Rows of `toStatusFacts`. `applied_at` is a column only where `npm run db:migrate` of this version ran. */
export const selectStatus = (): SQL => sql`
    with sealed as (select coalesce(max(last_position), 0) as position from audit_checkpoints)
    select to_jsonb(facts) as facts from (select
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
  const [row] = rows as readonly { facts: FactsRow }[]
  if (!row) throw new Error('the status query returned no row')
  const { facts } = row
  return {
    database: { migrations: facts.migrations, migrated_at: toTime(facts.migrated_at) },
    audit: {
      last_position: facts.last_position,
      sealed_position: facts.sealed_position,
      unsealed_since: toTime(facts.unsealed_since),
    },
    jobs: {
      queued: facts.queued,
      running: facts.running,
      oldest_queued_at: toTime(facts.oldest_queued_at),
    },
  }
}

const toTime = (text: string | null): string | null => (text === null ? null : new Date(text).toISOString())
