/**
 * Compares the events of one checkpoint with its leaves: every leaf must have its event, in order, unless a signed
 * statement declares it removed; every event must be a leaf. Used on exports and on the live tables.
 */
import type { CheckpointClaims } from './checkpoint.ts'
import { isHash } from './digest.ts'
import { type EvidenceEvent, erasableBy, erasedParts, leafOf } from './evidence-event.ts'
import { merkleRoot } from './merkle-tree.ts'

export type SegmentProblem =
  | { readonly code: 'tree_altered'; readonly sequence: number }
  | ({ readonly code: 'event_missing'; readonly sequence: number } & Gap)
  | ({ readonly code: 'event_changed' | 'event_added' | 'event_repeated' | 'event_moved' } & NamedEvent)

interface NamedEvent {
  readonly sequence: number
  readonly position: number
  readonly id: string
}

/** A leaf without its event; `after`: position of the event before it. */
interface Gap {
  readonly index: number
  readonly after: number
}

/** Personal data are missing; legitimate if one of `by` was erased. */
export interface Blank {
  readonly position: number
  readonly id: string
  readonly part: 'origin' | 'details'
  readonly by: readonly string[]
}

export interface SegmentCheck {
  readonly problems: readonly SegmentProblem[]
  readonly blanks: readonly Blank[]
  /** Number of events explained as removed. */
  readonly removed: number
}

/**
 * @param segment.leaves as stored with the checkpoint; empty once all its events were removed
 * @param segment.events of (last position of the previous checkpoint, last position of this one], as found
 * @param segment.removed [first, last] index pairs of valid removal statements
 */
export async function checkSegment(segment: {
  readonly claims: CheckpointClaims
  readonly leaves: readonly unknown[]
  readonly events: readonly EvidenceEvent[]
  readonly removed: readonly (readonly [number, number])[]
}): Promise<SegmentCheck> {
  const { claims, events } = segment
  const gone = removedIndexes(segment.removed, claims.event_count)
  const leaves = segment.leaves.filter(isHash)
  const dropped = segment.leaves.length === 0 && gone.size === claims.event_count
  if (!dropped && !(await matchesRoot(leaves, segment.leaves.length, claims))) {
    return { problems: [{ code: 'tree_altered', sequence: claims.sequence }], blanks: [], removed: 0 }
  }
  return matchEvents(claims, leaves, events, gone)
}

const matchesRoot = async (leaves: readonly string[], given: number, claims: CheckpointClaims) =>
  leaves.length === given &&
  leaves.length === claims.event_count &&
  (await merkleRoot(leaves)) === claims.merkle_root

async function matchEvents(
  claims: CheckpointClaims,
  leaves: readonly string[],
  events: readonly EvidenceEvent[],
  gone: ReadonlySet<number>,
): Promise<SegmentCheck> {
  const { sequence } = claims
  const indexOf = new Map(leaves.map((leaf, index) => [leaf, index]))
  const found = new Map<number, EvidenceEvent>()
  const strangers: Stranger[] = []
  const problems: SegmentProblem[] = []
  let last = -1
  const hashes = await Promise.all(events.map(async (event) => (await leafOf(event)).hash))
  for (const [place, event] of events.entries()) {
    const named = { sequence, position: event.position, id: event.id }
    const index = indexOf.get(hashes[place] as string)
    if (index === undefined || erasedParts(event) === 'contradictory') {
      strangers.push({ named, after: last })
    } else if (found.has(index)) {
      problems.push({ code: 'event_repeated', ...named })
    } else {
      found.set(index, event)
      if (index < last) problems.push({ code: 'event_moved', ...named })
      last = Math.max(last, index)
    }
  }
  const missing: Gap[] = []
  let after = claims.first_position - 1
  for (const index of leaves.keys()) {
    const event = found.get(index)
    if (event) after = event.position
    else if (!gone.has(index)) missing.push({ index, after })
  }
  problems.push(...classifyMismatches(sequence, strangers, missing, (index) => found.has(index)))
  let removed = 0
  for (const index of gone) if (!found.has(index)) removed++
  return { problems, blanks: [...found.values()].flatMap(blanksOf), removed }
}

interface Stranger {
  readonly named: NamedEvent
  /** Index of the last leaf found before it. */
  readonly after: number
}

/** An event without a leaf counts as changed if a leaf lacks its event at that place, else as added. */
function classifyMismatches(
  sequence: number,
  strangers: readonly Stranger[],
  missing: readonly Gap[],
  isFound: (index: number) => boolean,
): SegmentProblem[] {
  const open = [...missing]
  const problems = strangers.map(({ named, after }): SegmentProblem => {
    const place = open.findIndex((gap) => gap.index > after)
    const gap = open[place]
    let between = after + 1
    while (gap && between < gap.index && !isFound(between)) between++
    if (gap?.index !== between) return { code: 'event_added', ...named }
    open.splice(place, 1)
    return { code: 'event_changed', ...named }
  })
  return [...problems, ...open.map((gap): SegmentProblem => ({ code: 'event_missing', sequence, ...gap }))]
}

function blanksOf(event: EvidenceEvent): Blank[] {
  const parts = erasedParts(event)
  if (parts === undefined || parts === 'contradictory') return []
  return (['origin', 'details'] as const)
    .filter((part) => parts[part])
    .map((part) => ({ position: event.position, id: event.id, part, by: erasableBy(event, part) }))
}

function removedIndexes(ranges: readonly (readonly [number, number])[], count: number): Set<number> {
  const indexes = new Set<number>()
  for (const [first, last] of ranges) {
    for (let index = first; index <= Math.min(last, count - 1); index++) indexes.add(index)
  }
  return indexes
}
