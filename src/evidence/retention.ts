/**
 * Retention: events older than the setting `audit.retention` allows for their class are deleted, checkpoint by
 * checkpoint. A signed statement explains each gap, so that the rest can still be proven (docs/audit.md).
 */
import { createEvent } from '../audit/create-event.ts'
import type { AuditEvent } from '../audit/event.ts'
import { type EventClass, eventClasses, eventDefinitions, typesOf } from '../audit/event-types.ts'
import { openStoredCheckpoint, type StoredSegment, withDigests } from './evidence-row.ts'
import type { EvidenceEvent } from './format/evidence-event.ts'
import { checkSegment } from './format/segment.ts'
import { openRemoval, toRanges } from './format/statements.ts'
import type { SignRecord } from './sign-record.ts'

/** Days per class; `null` keeps events for ever. */
export type RetentionDays = Readonly<Record<Exclude<EventClass, 'evidence'>, number | null>>

export interface RetentionRule {
  readonly event_class: EventClass
  readonly types: readonly string[]
  /** Events before this have expired: milliseconds since the Unix epoch. */
  readonly before: number
}

const dayMs = 86_400_000

/** @param now milliseconds since the Unix epoch */
export const rulesOf = (days: RetentionDays, now: number): readonly RetentionRule[] =>
  (Object.keys(eventClasses) as EventClass[]).flatMap((event_class) => {
    const kept = event_class === 'evidence' ? null : days[event_class]
    return kept === null ? [] : [{ event_class, types: typesOf(event_class), before: now - kept * dayMs }]
  })

export interface RetentionNeeds {
  readonly days: () => Promise<RetentionDays>
  /** The oldest checkpoint with an expired event, and the class it expired by. */
  findDue(rules: readonly RetentionRule[]): Promise<{ sequence: number; event_class: EventClass } | undefined>
  readSegment(sequence: number): Promise<StoredSegment | undefined>
  /** One transaction: deletes those of `positions` that still exist; records `event` if there were any. */
  remove(removal: {
    readonly sequence: number
    readonly positions: readonly number[]
    readonly event: AuditEvent
  }): Promise<void>
  readonly sign: SignRecord
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}

/** Checkpoints per run. The rest waits for the next run. */
const removalsPerRun = 40

/**
 * Applies the policies once. Safe to run concurrently.
 * @returns how many events were removed
 * @throws Error when the trail does not match its checkpoint: then nothing of it is removed
 */
export async function applyRetention(needs: RetentionNeeds): Promise<number> {
  const rules = rulesOf(await needs.days(), needs.now())
  let removed = 0
  for (let round = 0; round < removalsPerRun && rules.length > 0; round++) {
    const due = await needs.findDue(rules)
    const rule = rules.find(({ event_class }) => event_class === due?.event_class)
    if (!due || !rule) break
    const segment = await needs.readSegment(due.sequence)
    if (!segment) break
    removed += await removeFrom(needs, segment, rule)
  }
  return removed
}

async function removeFrom(
  needs: RetentionNeeds,
  segment: StoredSegment,
  rule: RetentionRule,
): Promise<number> {
  const { sequence, merkle_root } = segment
  // Attack: an event is altered to look old, or of another type, so that we delete it ourselves and sign for that.
  const events = withDigests(segment.events, segment.leaves)
  if (!(await matchesCheckpoint(segment, events))) {
    throw new Error(`checkpoint ${sequence} does not agree with its events: nothing was removed`)
  }
  const expired = events.filter((event) => isExpired(event, rule))
  const positions = expired.map(({ position }) => position)
  if (positions.length === 0) return 0
  const indexOf = new Map(segment.leaves.map(([position], index) => [position, index]))
  const removed = toRanges(positions.map((position) => indexOf.get(position) as number))
  const { event_class } = rule
  const statement = await needs.sign('removal', { sequence, merkle_root, removed, event_class })
  const event = createEvent('audit.events_removed', needs.now(), undefined, {
    outcome: 'success',
    actor_type: 'system',
    entity_type: 'audit_checkpoint',
    entity_id: String(sequence),
    data: { event_class, event_count: positions.length, ...statement },
  })
  await needs.remove({ sequence, positions, event })
  return positions.length
}

const isExpired = (event: EvidenceEvent, rule: RetentionRule): boolean =>
  eventDefinitions[event.type as keyof typeof eventDefinitions]?.class === rule.event_class &&
  Date.parse(event.occurred_at) < rule.before

async function matchesCheckpoint(segment: StoredSegment, events: readonly EvidenceEvent[]): Promise<boolean> {
  const checkpoint = await openStoredCheckpoint(segment)
  if (!checkpoint) return false
  const removals = await Promise.all(segment.removals.map(openRemoval))
  const { problems } = await checkSegment({
    claims: checkpoint.claims,
    leaves: segment.leaves.map(([, hash]) => hash),
    events,
    removed: removals.flatMap((removal) =>
      removal?.claims.merkle_root === checkpoint.claims.merkle_root ? removal.claims.removed : [],
    ),
  })
  return problems.length === 0
}
