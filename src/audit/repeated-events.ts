/**
 * Failures that can be caused at will, by anybody or by the holder of a token, are counted: the first one is an event at once, and what
 * repeats it, by the same network for the same reason, becomes one event when a while is over. Attack: filling the
 * trail, which is kept for a year, with hundreds of events a minute. Pure; repeated-events.table.ts keeps the counts.
 */
import { uuidv7 } from '../kit/ids.ts'
import { networkOf } from '../kit/network.ts'
import type { AuditEvent, AuditEventType } from './event.ts'

const countedTypes: ReadonlySet<AuditEventType> = new Set([
  'client.authentication_failed',
  'login.failed',
  'login.locked',
  'admin.access_denied',
])

/** Whether `event` is one of those. What is about a known person is not: each failure counts towards their pause. */
export const isCounted = (event: AuditEvent): boolean =>
  countedTypes.has(event.type) && event.user_id === undefined

/** Of a known person: attempts while sign-in is paused. They change nothing, and nothing else limits how many. */
export const isCountedOfPerson = ({ type }: AuditEvent): boolean => type === 'login.locked'

/** What two events have in common when one repeats the other. */
export const repetitionKey = ({ type, actor_id, ip, data }: AuditEvent): string =>
  JSON.stringify([
    ...[type, ip === undefined ? null : networkOf(ip), data?.['reason'] ?? null],
    // Whose token it was is known, and what they tried for is what matters.
    ...(type === 'admin.access_denied' ? [actor_id, data?.['operation']] : []),
  ])

/** Where the rest is counted when there are too many keys: by kind alone. */
export const overflowKey = ({ type }: AuditEvent): string => JSON.stringify([type])

/** What was counted since the last event of a key. */
export interface Repetition {
  /** The last one, without what it does not share with the others. */
  readonly event: AuditEvent
  readonly count: number
  /** Milliseconds since the Unix epoch. */
  readonly first_at: number
  /** Client ids, when there are several. */
  readonly client_ids: readonly string[]
}

const maxClientIds = 5
const maxLoggedClientId = 128

/** Adds a repetition to what was counted so far. */
export function countRepetition(counted: Repetition | undefined, event: AuditEvent): Repetition {
  const { request_id: _, ...repeated } = event
  const id = event.client_id?.slice(0, maxLoggedClientId)
  if (!counted) {
    return {
      event: repeated,
      count: 1,
      first_at: event.occurred_at,
      client_ids: id === undefined ? [] : [id],
    }
  }
  const { event: before, client_ids } = counted
  const isNew = id !== undefined && !client_ids.includes(id)
  return {
    event: {
      ...repeated,
      client_id: shared(before.client_id, event.client_id),
      user_agent: shared(before.user_agent, event.user_agent),
      ip: isSameNetwork(before.ip, event.ip) ? event.ip : undefined,
      data: sharedData(before.data ?? {}, event.data ?? {}),
    },
    count: counted.count + 1,
    first_at: Math.min(counted.first_at, event.occurred_at),
    client_ids: isNew && client_ids.length < maxClientIds ? [...client_ids, id] : client_ids,
  }
}

const shared = <T>(one: T, other: T): T | undefined => (one === other ? one : undefined)

const isSameNetwork = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && networkOf(one) === networkOf(other)

const sharedData = (one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(other).filter(([name, value]) => one[name] === value))

/** The event that stands for all that was counted; a single repetition is recorded as it was. */
export function repetitionEvent({ event, count, first_at, client_ids }: Repetition): AuditEvent {
  const { occurred_at, data } = event
  const id = uuidv7(occurred_at)
  if (count === 1) return { ...event, id }
  const counts = { count, first_at: toText(first_at), last_at: toText(occurred_at) }
  return { ...event, id, data: { ...data, ...counts, ...(client_ids.length > 1 ? { client_ids } : {}) } }
}

const toText = (at: number): string => new Date(at).toISOString()
