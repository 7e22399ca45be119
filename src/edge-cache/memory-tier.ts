/**
 * The first tier: parsed values in isolate memory, limited in number. An entry becomes the most recently used one
 * when it is renewed, which happens every minute while it is in use, so a hit writes nothing. Absences are kept
 * apart: a flood of made-up ids evicts other absences, never a client in use.
 */
import { BoundedMap } from '../kit/bounded-map.ts'
import type { ReplicaEntry } from './replica.ts'

export interface MemoryEntry extends Omit<ReplicaEntry, 'value'> {
  /** `undefined`: does not exist. */
  readonly value: unknown
  /** When a lower tier last confirmed it; milliseconds since the Unix epoch. */
  checkedAt: number
  /** Until then one request is renewing it, and others do not start a second renewal. */
  renewingUntil: number
  /** Until then requests do not wait for its renewal, because Postgres has just failed. */
  failingUntil: number
}

export interface MemoryTier {
  get(key: string): MemoryEntry | undefined
  set(key: string, entry: MemoryEntry): void
  clear(): void
  /** By key: until then a missing value is not requested again, because another request just did. */
  readonly recallingUntil: Map<string, number>
  /** Until then Postgres counts as unavailable for every key. */
  originAwayUntil: number
}

/** @param capacity maximum number of values, and of absences */
export function createMemoryTier(capacity = 5000): MemoryTier {
  const present = new BoundedMap<string, MemoryEntry>(capacity)
  const absent = new BoundedMap<string, MemoryEntry>(capacity)
  return {
    originAwayUntil: 0,
    recallingUntil: new Map(),
    get: (key) => present.get(key) ?? absent.get(key),
    set(key, entry) {
      const [entries, others] = entry.value === undefined ? [absent, present] : [present, absent]
      entries.set(key, entry)
      others.delete(key)
    },
    clear() {
      present.clear()
      absent.clear()
      this.recallingUntil.clear()
      this.originAwayUntil = 0
    },
  }
}
