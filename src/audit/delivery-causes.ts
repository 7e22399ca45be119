/**
 * Which traced requests the waiting events of an outbox come from, so that their delivery, which is a trace of its own,
 * can be linked to them. Kept with the events, because an object may be evicted before it delivers.
 */
import { carriedContext, isObserved } from '../telemetry/observe.ts'

export interface DeliveryCauses {
  /** Remembers the request that code runs for, if it is traced: then alone this writes. */
  add(): void
  /** `traceparent`s. */
  read(): readonly string[]
  clear(): void
}

const key = 'delivery_causes'
/** Enough to find examples; an outbox may hold the events of thousands of requests. */
const maxCauses = 16

export function createDeliveryCauses({ kv }: Pick<DurableObjectStorage, 'kv'>): DeliveryCauses {
  const read = (): readonly string[] => (isObserved() ? (kv.get<readonly string[]>(key) ?? []) : [])
  return {
    add() {
      const cause = carriedContext('future')
      if (cause === undefined) return
      const known = read()
      if (known.length < maxCauses) kv.put(key, [...known, cause])
    },
    read,
    clear() {
      if (read().length > 0) kv.delete(key)
    },
  }
}
