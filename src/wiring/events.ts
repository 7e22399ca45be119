/** What has happened: the audit trail, and the webhooks that are told of it. */
import { tryToNudgeWebhooks } from '../audit/nudge-webhooks.object.ts'
import { createRecordEvent } from '../audit/record-event.ts'
import { createOpenAuditStream } from '../audit/stream/open-audit-stream.object.ts'
import { createWebhookOutboxOf } from '../webhooks/webhook-client.object.ts'
import type { Makers } from './wired-request.ts'

export const events = {
  recordEvent(request) {
    request.madeRecordEvent ??= createRecordEvent({
      waitUntil: request.waitUntil,
      append: request.isolate.appendEvents,
    })
    return request.madeRecordEvent
  },

  openAuditStream: (request) => createOpenAuditStream(request.env.AUDIT_STREAM, request.config),

  webhookOutboxOf: (request) => createWebhookOutboxOf(request.env.WEBHOOK_OUTBOX, request.config),

  nudgeWebhooks: (request) => () =>
    request.waitUntil(tryToNudgeWebhooks(request.env.WEBHOOK_DISPATCHER, request.config)),
} satisfies Partial<Makers>
