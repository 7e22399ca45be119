/**
 * Tells the dispatcher of webhooks that the trail has new events. Here and not with the dispatcher, because whoever
 * writes events nudges it, and it reads them.
 */
import { describeError } from '../kit/describe-error.ts'
import { logWarning } from '../kit/log.ts'
import type { Placement } from '../kit/place-objects.ts'
import { observedObjects } from '../telemetry/observed-objects.ts'

/** There is one: events are handed out in the order of the trail. */
const dispatcherName = 'dispatcher'

/** Rejects when it cannot be reached: it then finds the events by itself. */
export const nudgeWebhooks = async (
  namespace: Env['WEBHOOK_DISPATCHER'],
  placement: Placement,
): Promise<void> => observedObjects('WebhookDispatcher', namespace, placement)(dispatcherName).nudge()

/** The same, for whoever has stored the events: that the dispatcher finds them a little later is worth a line, no more. */
export const tryToNudgeWebhooks = (...to: Parameters<typeof nudgeWebhooks>): Promise<void> =>
  nudgeWebhooks(...to).catch((error) =>
    logWarning('webhook_dispatch_failed', { subject: 'nudge', reason: describeError(error) }),
  )
