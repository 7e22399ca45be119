/**
 * Failures that anyone, or any holder of a token, can cause at will are counted: the first is recorded at once, and
 * repetitions from the same network for the same reason become one event at the end of a time window. Attack: flooding
 * the trail, which is kept for a year, with hundreds of events a minute. Pure; repeated-events.table.ts stores the
 * counts.
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

/** Whether `event` is one of these. Failures of a known user are not: each counts towards the lock-out. */
export const isCounted = (event: AuditEvent): boolean =>
  countedTypes.has(event.type) && event.user_id === undefined

/** Attempts to sign in as a known user during a lock-out. They change nothing and are not limited otherwise. */
export const isCountedOfPerson = ({ type }: AuditEvent): boolean => type === 'login.locked'

/** Equal for events that repeat each other. */
export const repetitionKey = ({ type, actor_id, ip, data }: AuditEvent): string =>
  JSON.stringify([
    ...[type, ip === undefined ? null : networkOf(ip), data?.['reason'] ?? null],
    // The holder of the token is known; what they attempted is what matters.
    ...(type === 'admin.access_denied' ? [actor_id, data?.['operation']] : []),
  ])

/** Groups events by type alone when there are too many keys. */
export const overflowKey = ({ type }: AuditEvent): string => JSON.stringify([type])

/** Repetitions counted since the last event of a key. */
export interface Repetition {
  /** The last repetition, without the members that differ from the others. */
  readonly event: AuditEvent
  readonly count: number
  /** Milliseconds since the Unix epoch. */
  readonly first_at: number
  /** Client ids, when there are several. */
  readonly client_ids: readonly string[]
}

const maxClientIds = 5
const maxLoggedClientId = 128

/** Adds a repetition to the count. */
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

/** The event that represents all counted repetitions; a single one is recorded as it was. */
export function repetitionEvent({ event, count, first_at, client_ids }: Repetition): AuditEvent {
  const { occurred_at, data } = event
  const id = uuidv7(occurred_at)
  if (count === 1) return { ...event, id }
  const counts = { count, first_at: toText(first_at), last_at: toText(occurred_at) }
  return { ...event, id, data: { ...data, ...counts, ...(client_ids.length > 1 ? { client_ids } : {}) } }
}

const toText = (at: number): string => new Date(at).toISOString()
