/** Which events an endpoint gets. Everything that is stated must match; what is left out does not restrict. */
import { z } from 'zod'
import { singleLinePattern } from '../kit/patterns.ts'
import {
  familyOf,
  isWebhookEventType,
  testEventType,
  type WebhookEventType,
  webhookEventFamilies,
  webhookEventTypes,
} from './webhook-event-types.ts'

const mostPatterns = 100
const mostIds = 50

/** `*`, a family such as `user.*`, or a type. A pattern that matches nothing is a mistake, so it is refused. */
const isPattern = (pattern: string): boolean =>
  pattern === '*' ||
  isWebhookEventType(pattern) ||
  (pattern.endsWith('.*') && webhookEventFamilies.includes(pattern.slice(0, -2)))

const eventTypes = z
  .array(
    z
      .string()
      .max(100)
      .refine(isPattern, 'must be an event type such as user.created, a family such as user.*, or *'),
  )
  .min(1)
  .max(mostPatterns)
  .refine((patterns) => new Set(patterns).size === patterns.length, 'must not repeat a pattern')
  .meta({
    description:
      'Event types, families such as `user.*`, or `*` for all. Families and `*` include types that later versions add.',
    example: ['user.*', 'session.ended'],
  })

const ids = (description: string) =>
  z
    .array(
      z
        .string()
        .min(1)
        .max(2048)
        // Postgres stores no NUL.
        .regex(singleLinePattern, 'must not contain control characters'),
    )
    .min(1)
    .max(mostIds)
    .optional()
    .meta({ description })

const fields = {
  client_ids: ids('Only events of these clients'),
  user_ids: ids('Only events about these people'),
  actor_ids: ids('Only what these people or clients did'),
  outcome: z.enum(['success', 'failure']).optional().meta({ description: 'Only events that ended so' }),
}

export const webhookFilter = z
  .strictObject({ event_types: eventTypes, ...fields })
  .meta({ id: 'WebhookFilter', description: 'All that is stated must match.' })

export type WebhookFilter = z.output<typeof webhookFilter>

/** The members of an event that a filter looks at. */
export interface FilteredEvent {
  readonly type: string
  readonly outcome: string
  readonly client_id: string | null
  readonly user_id: string | null
  readonly actor_id: string | null
}

/** Whether an endpoint with `filter` gets `event`. A type that webhooks do not have is never sent, whatever the filter. */
export function matches(filter: WebhookFilter, event: FilteredEvent): boolean {
  if (!isWebhookEventType(event.type)) return false
  // It is asked for by hand, at one endpoint.
  if (event.type === testEventType) return true
  return (
    matchesType(filter.event_types, event.type) &&
    isAmong(filter.client_ids, event.client_id) &&
    isAmong(filter.user_ids, event.user_id) &&
    isAmong(filter.actor_ids, event.actor_id) &&
    (filter.outcome === undefined || filter.outcome === event.outcome)
  )
}

/** The types that the patterns stand for today, for statements that read the trail. */
export const typesOf = (patterns: readonly string[]): readonly WebhookEventType[] =>
  webhookEventTypes.filter((type) => type !== testEventType && matchesType(patterns, type))

const matchesType = (patterns: readonly string[], type: string): boolean =>
  patterns.includes(type) || patterns.includes('*') || patterns.includes(`${familyOf(type)}.*`)

const isAmong = (wanted: readonly string[] | undefined, id: string | null): boolean =>
  wanted === undefined || (id !== null && wanted.includes(id))
