/** What the cron job does for webhooks: forgets what is old, and wakes a dispatcher that nobody has nudged. */
import { sql } from 'drizzle-orm'
import type { RunBatch } from '../db/run-batch.ts'

/** Per run; the rest is left to the next one. */
const limit = 10_000

export interface TidyNeeds {
  readonly runBatch: RunBatch
  /** How long deliveries stay in the log. */
  readonly days: () => Promise<number>
  readonly nudge: () => Promise<void>
}

export async function tidyWebhooks({ runBatch, days, nudge }: TidyNeeds): Promise<void> {
  const [[webhooks] = []] = await runBatch([
    sql`select exists (select from webhook_endpoints) as exist,
      exists (select from webhook_endpoints where enabled) as are_enabled`,
  ])
  if (webhooks?.['exist'] !== true) return
  await runBatch([
    sql`delete from webhook_endpoints where kind = 'listener' and expires_at <= now()`,
    sql`delete from webhook_keys where expires_at <= now()`,
    sql`
      delete from webhook_deliveries where (webhook_id, event_id) in (
        select webhook_id, event_id from webhook_deliveries
        where updated_at < now() - make_interval(days => ${await days()}::int)
        order by updated_at limit ${limit} for update skip locked)`,
  ])
  if (webhooks['are_enabled'] === true) await nudge()
}
