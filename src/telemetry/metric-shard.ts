/** What a metrics object knows: the sums of all hand-overs it got, and which it got. Plain data, stored as JSON. */
import type { HandOver } from './hand-over.ts'
import { type Family, type MergedFamilies, mergeFamilies, otherValue, toFamilies } from './metric-families.ts'

export interface ShardState {
  readonly families: MergedFamilies
  /** By isolate: the last hand-over it was given, and when (milliseconds since the Unix epoch). */
  readonly isolates: Map<string, { sequence: number; seenAt: number }>
  /** Clients with a name of their own, and when they were last counted. */
  readonly clients: Map<string, number>
}

/** As it is stored. */
export interface StoredShard {
  readonly families: readonly Family[]
  readonly isolates: readonly (readonly [string, { sequence: number; seenAt: number }])[]
  readonly clients: readonly (readonly [string, number])[]
}

/** A hand-over with the time it arrived. */
export interface Arrival {
  readonly handOver: HandOver
  readonly at: number
}

/** Of one metric in one object. Attack: series without end fill the object and Prometheus. */
const maxSeries = 2000
/** The first clients to come are named in a shard; the others are `other`. */
export const namedClients = 200
/** Clients that were not counted for so long lose their name. */
const keepClientsMs = 30 * 86_400_000
/** Longer than an isolate repeats a hand-over (`retryForMs`). */
const keepIsolatesMs = 2 * 3_600_000

export const openShard = (stored?: StoredShard): ShardState => {
  const families: MergedFamilies = new Map()
  mergeFamilies(families, stored?.families ?? [])
  return { families, isolates: new Map(stored?.isolates), clients: new Map(stored?.clients) }
}

export const storeShard = ({ families, isolates, clients }: ShardState): StoredShard => ({
  families: toFamilies(families),
  isolates: [...isolates],
  clients: [...clients],
})

/** Whether this hand-over was counted before: it was repeated, or arrived twice. */
export const isCountedAlready = (state: ShardState, { isolate, sequence }: HandOver): boolean =>
  sequence <= (state.isolates.get(isolate)?.sequence ?? 0)

export function addArrival(state: ShardState, { handOver, at }: Arrival): void {
  const { isolate, sequence, families } = handOver
  state.isolates.set(isolate, { sequence, seenAt: at })
  mergeFamilies(state.families, families, maxSeries, ({ labels }, values) => {
    const position = labels.indexOf('client_id')
    const client = values[position]
    if (client === undefined || isNamed(state.clients, client, at)) return values
    return values.with(position, otherValue)
  })
}

function isNamed(clients: Map<string, number>, client: string, at: number): boolean {
  if (!clients.has(client) && clients.size >= namedClients) return false
  clients.set(client, at)
  return true
}

/** Forgets isolates that ended long ago, and the names of clients: what these were counted for is `other` from then on. */
export function pruneShard({ families, isolates, clients }: ShardState, now: number): void {
  for (const [isolate, { seenAt }] of isolates) {
    if (now - seenAt > keepIsolatesMs) isolates.delete(isolate)
  }
  const gone = new Set([...clients].filter(([, at]) => now - at > keepClientsMs).map(([client]) => client))
  if (gone.size === 0) return
  for (const client of gone) clients.delete(client)
  const kept = toFamilies(families)
  families.clear()
  mergeFamilies(families, kept, undefined, ({ labels }, values) => {
    const position = labels.indexOf('client_id')
    return gone.has(values[position] ?? '') ? values.with(position, otherValue) : values
  })
}
