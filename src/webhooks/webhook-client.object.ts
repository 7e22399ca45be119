/** Access to the outboxes of webhook endpoints. */
import type { Placement } from '../kit/place-objects.ts'
import { withTimeout } from '../kit/with-timeout.ts'
import { observedObjects } from '../telemetry/observed-objects.ts'
import type { WebhookOutboxOf } from './outbox-port.ts'

/**
 * How long an outbox may take for a call. What it was handed may reach it later: handed over again, nothing changes.
 * Attack, or a bug: one that hangs holds the dispatcher, and with it the webhooks of everybody.
 */
const answerMs = 5_000

/** Returns the client of an endpoint's outbox, placed by its id. Makes no call. */
export function createWebhookOutboxOf(
  namespace: Env['WEBHOOK_OUTBOX'],
  placement: Placement,
): WebhookOutboxOf {
  const objectOf = observedObjects('WebhookOutbox', namespace, placement)
  const inTime = <T>(answer: Promise<T>, waitMs = 0): Promise<T> =>
    withTimeout(answer, answerMs + waitMs, 'the outbox of an endpoint')
  return (webhookId) => {
    const object = objectOf(webhookId)
    return {
      enqueue: (page) => inTime(object.enqueue(page)),
      sendAgain: (...order) => inTime(object.sendAgain(...order)),
      sendTest: (...order) => inTime(object.sendTest(...order)),
      replay: (...order) => inTime(object.replay(...order)),
      wake: () => inTime(object.wake()),
      take: (taken, waitMs) => inTime(object.take(taken, waitMs), waitMs),
    }
  }
}
