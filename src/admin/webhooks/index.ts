/** Operations on webhook endpoints, their deliveries and listeners. */
import type { Operation } from '../operation.ts'
import { createWebhook } from './create-webhook.operation.ts'
import { createWebhookListener } from './create-webhook-listener.operation.ts'
import { deleteWebhook } from './delete-webhook.operation.ts'
import { deleteWebhookListener } from './delete-webhook-listener.operation.ts'
import { disableWebhook } from './disable-webhook.operation.ts'
import { enableWebhook } from './enable-webhook.operation.ts'
import { getWebhook } from './get-webhook.operation.ts'
import { getWebhookDelivery } from './get-webhook-delivery.operation.ts'
import { listWebhookDeliveries } from './list-webhook-deliveries.operation.ts'
import { listWebhookEventTypes } from './list-webhook-event-types.operation.ts'
import { listWebhooks } from './list-webhooks.operation.ts'
import { replayWebhookDelivery } from './replay-webhook-delivery.operation.ts'
import { replayWebhookEvents } from './replay-webhook-events.operation.ts'
import { rotateWebhookSecret } from './rotate-webhook-secret.operation.ts'
import { takeWebhookEvents } from './take-webhook-events.operation.ts'
import { testWebhook } from './test-webhook.operation.ts'
import { updateWebhook } from './update-webhook.operation.ts'

export const webhookOperations: readonly Operation[] = [
  listWebhooks,
  createWebhook,
  // Before single endpoints: `event-types` is not an id.
  listWebhookEventTypes,
  getWebhook,
  updateWebhook,
  deleteWebhook,
  enableWebhook,
  disableWebhook,
  rotateWebhookSecret,
  testWebhook,
  replayWebhookEvents,
  listWebhookDeliveries,
  getWebhookDelivery,
  replayWebhookDelivery,
  createWebhookListener,
  takeWebhookEvents,
  deleteWebhookListener,
]
