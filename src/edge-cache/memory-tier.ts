/**
 * The first tier: parsed values in isolate memory, bounded. An entry moves to the young end when it is
 * renewed, which a used one is every minute, so a hit writes nothing. Absences live apart: a flood of made-up
 * ids pushes out other absences, never a client in use.
 */
import { BoundedMap } from '../kit/bounded-map.ts'
import type { ReplicaEntry } from './replica.ts'

export interface MemoryEntry extends Omit<ReplicaEntry, 'value'> {
  /** `undefined`: does not exist. */
  readonly value: unknown
  /** When a lower tier last vouched for it; milliseconds since the Unix epoch. */
  checkedAt: number
  /** Until then one request is renewing it; others do not start a second renewal. */
  renewingUntil: number
  /** Until then nobody waits for its renewal, because Postgres has just failed. */
  failingUntil: number
}

export interface MemoryTier {
  get(key: string): MemoryEntry | undefined
  set(key: string, entry: MemoryEntry): void
  clear(): void
  /** By key: until then nobody asks again for something that memory does not hold, because somebody just did. */
  readonly recallingUntil: Map<string, number>
  /** Until then Postgres is taken to be away, whatever key is asked for. */
  originAwayUntil: number
}

/** @param capacity the most values it holds, and the most absences */
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
