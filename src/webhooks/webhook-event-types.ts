/**
 * The event types of webhooks: those of the audit trail under the same names, so that what arrives can be looked up
 * there, and the one of the test button. A new audit event is a new event type of webhooks unless it is left out here.
 */
import {
  type AuditEventType,
  auditEventTypes,
  type EventDefinition,
  eventDefinitions,
} from '../audit/event-types.ts'

/** Audit events that no endpoint can ask for, with the reason that the documentation gives. */
export const unsentEventTypes = {
  'token.issued': 'one for each token request',
  'token.refreshed': 'one for each token request',
  'token.replayed': 'one for each token request',
  'user.factors_reset': 'no longer recorded',
  'audit.events_removed': 'evidence about the trail itself; read it there',
  'audit.personal_data_erased': 'evidence about the trail itself; read it there',
} as const satisfies Partial<Record<AuditEventType, string>>

/** What the test button sends; nothing happened. */
export const testEventType = 'webhook.test'

export type SentAuditEventType = Exclude<AuditEventType, keyof typeof unsentEventTypes>
export type WebhookEventType = SentAuditEventType | typeof testEventType

const isSent = (type: AuditEventType): type is SentAuditEventType => !(type in unsentEventTypes)

export const webhookEventTypes: readonly WebhookEventType[] = [
  ...auditEventTypes.filter(isSent),
  testEventType,
]

const known: ReadonlySet<string> = new Set(webhookEventTypes)

export const isWebhookEventType = (type: string): type is WebhookEventType => known.has(type)

const testEvent: EventDefinition = {
  class: 'system',
  summary: 'Somebody tests the endpoint: nothing happened, and the trail has no such event',
}

export const definitionOf = (type: WebhookEventType): EventDefinition =>
  type === testEventType ? testEvent : eventDefinitions[type]

/** The first part of a type: `user` of `user.created`. */
export const familyOf = (type: string): string => type.slice(0, type.indexOf('.'))

export const webhookEventFamilies: readonly string[] = [...new Set(webhookEventTypes.map(familyOf))]
