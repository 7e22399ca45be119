/** Access to the outboxes of webhook endpoints. */
import type { Placement } from '../kit/place-objects.ts'
import { observedObjects } from '../telemetry/observed-objects.ts'
import type { WebhookOutboxOf } from './outbox-port.ts'

/** Returns the client of an endpoint's outbox, placed by its id. Makes no call. */
export function createWebhookOutboxOf(
  namespace: Env['WEBHOOK_OUTBOX'],
  placement: Placement,
): WebhookOutboxOf {
  const objectOf = observedObjects('WebhookOutbox', namespace, placement)
  return (webhookId) => {
    const object = objectOf(webhookId)
    return {
      enqueue: (page) => object.enqueue(page),
      sendAgain: (id, event, orderId) => object.sendAgain(id, event, orderId),
      sendTest: (id, event) => object.sendTest(id, event),
      replay: (order) => object.replay(order),
      wake: () => object.wake(),
      take: (taken, waitMs) => object.take(taken, waitMs),
    }
  }
}
