/** What the cron job does for webhooks: forgets what is old, and wakes a dispatcher that nobody has nudged. */
import { type SQL, sql } from 'drizzle-orm'
import type { RunBatch } from '../db/run-batch.ts'

/** Deliveries in a transaction, and transactions in a run; the rest is left to the next one. */
const batchSize = 10_000
const maxBatches = 30

export interface TidyNeeds {
  readonly runBatch: RunBatch
  /** How long deliveries stay in the log. */
  readonly days: () => Promise<number>
  readonly nudge: () => Promise<void>
}

export async function tidyWebhooks({ runBatch, days, nudge }: TidyNeeds, limit = batchSize): Promise<void> {
  const [[webhooks] = []] = await runBatch([
    sql`select exists (select from webhook_endpoints) as exist,
      exists (select from webhook_endpoints where enabled) as are_enabled`,
  ])
  if (webhooks?.['exist'] !== true) return
  await runBatch([
    sql`delete from webhook_endpoints where kind = 'listener' and expires_at <= now()`,
    sql`delete from webhook_keys where expires_at <= now()`,
  ])
  const kept = await days()
  // Attack: failed sign-ins are events, so strangers fill the log, of each endpoint, faster than one batch empties it.
  for (let batch = 0; batch < maxBatches; batch++) {
    const [[deleted] = []] = await runBatch([deleteOld(kept, limit)])
    if (Number(deleted?.['count'] ?? 0) < limit) break
  }
  if (webhooks['are_enabled'] === true) await nudge()
}

const deleteOld = (days: number, limit: number): SQL => sql`
  with deleted as (
    delete from webhook_deliveries where (webhook_id, event_id) in (
      select webhook_id, event_id from webhook_deliveries
      where updated_at < now() - make_interval(days => ${days}::int)
      order by updated_at limit ${limit} for update skip locked)
    returning 1
  ) select count(*)::int as count from deleted`
