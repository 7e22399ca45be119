/** Delivers the events of an outbox, with a new client for each batch, and tells the dispatcher of webhooks of them. */
import { sql } from 'drizzle-orm'
import { configOf } from '../config.ts'
import { createBoundedBatch } from '../db/run-batch.ts'
import { insertEventsJson } from './insert-events.store.ts'
import { tryToNudgeWebhooks } from './nudge-webhooks.object.ts'
import type { DeliverEvents } from './outbox.ts'

/** How long Postgres may take for a batch before it counts as unavailable. */
const deliveryTimeoutMs = 15_000

export function createDeliverEvents(env: Env): DeliverEvents {
  const config = configOf(env)
  const runBatch = createBoundedBatch(config, deliveryTimeoutMs)
  return async (eventsJson) => {
    const [[stored] = []] = await runBatch([
      sql`with stored as (${insertEventsJson(eventsJson)})
        select exists (select from webhook_endpoints where enabled) as has_webhooks`,
    ])
    if (stored?.['has_webhooks'] === true) await tryToNudgeWebhooks(env.WEBHOOK_DISPATCHER, config)
  }
}
