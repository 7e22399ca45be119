/** Delivers the events of an outbox, with a new client for each batch. */
import { createBoundedBatch } from '../db/run-batch.ts'
import { insertEventsJson } from './insert-events.store.ts'
import type { DeliverEvents } from './outbox.ts'

/** How long Postgres may take for a batch before it counts as unavailable. */
const deliveryTimeoutMs = 15_000

export function createDeliverEvents(target: Parameters<typeof createBoundedBatch>[0]): DeliverEvents {
  const runBatch = createBoundedBatch(target, deliveryTimeoutMs)
  return async (eventsJson) => {
    await runBatch([insertEventsJson(eventsJson)])
  }
}
