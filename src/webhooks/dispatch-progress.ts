/**
 * How far the dispatcher has come in the trail, and which endpoints have not: those whose outbox did not take a page.
 * It goes on with the others, and reads the pages again for these alone, until they have caught up or have failed for
 * too long.
 */
import { retryAtMost } from '../kit/retry-at.ts'

interface EndpointBehind {
  /** It has got what is up to here. */
  readonly after: number
  readonly failures: number
  /** When it is tried again: milliseconds since the Unix epoch. */
  readonly dueAt: number
}

/** A number alone while nobody is behind. */
type Stored =
  | number
  | { readonly position: number | undefined; readonly behind: Readonly<Record<string, EndpointBehind>> }

export interface DispatchProgress {
  /** Undefined: nothing was read yet. */
  position(): number | undefined
  advance(upTo: number): void
  /** The endpoints that are behind. */
  behind(): ReadonlySet<string>
  /** Of those that are due, the ones that are the furthest behind; undefined when none is due. */
  due(now: number): { readonly after: number; readonly ids: ReadonlySet<string> } | undefined
  /** When the next one is due. */
  nextAt(): number | undefined
  /**
   * It took nothing of what comes after `after`.
   * @param random from 0 to 1
   * @returns `given_up`: it is left to a replay
   */
  failed(id: string, after: number, now: number, random: number): 'again' | 'given_up'
  /** It took what is up to there, or wants nothing of it. */
  reached(id: string, upTo: number): void
  forget(id: string): void
  /** Writes what has changed. */
  store(): void
}

/** About an hour. What fails for so long is broken, and each attempt reads the trail again. */
const maxFailures = 60
const maxRetryMs = 60_000

const positionKey = 'position'

/** One value, because each look reads it. */
export function openDispatchProgress(kv: Pick<SyncKvStorage, 'get' | 'put'>): DispatchProgress {
  const stored = kv.get<Stored>(positionKey)
  let { position, behind: all } = typeof stored === 'object' ? stored : { position: stored, behind: {} }
  let isChanged = false
  const change = (id: string, behind: EndpointBehind | undefined) => {
    const { [id]: _, ...others } = all
    all = behind ? { ...others, [id]: behind } : others
    isChanged = true
  }
  return {
    position: () => position,
    advance(upTo) {
      isChanged ||= upTo !== position
      position = upTo
    },
    behind: () => new Set(Object.keys(all)),
    due(now) {
      const due = Object.entries(all).filter(([, { dueAt }]) => dueAt <= now)
      if (due.length === 0) return undefined
      const after = Math.min(...due.map(([, behind]) => behind.after))
      return { after, ids: new Set(due.filter(([, behind]) => behind.after === after).map(([id]) => id)) }
    },
    nextAt() {
      const times = Object.values(all).map(({ dueAt }) => dueAt)
      return times.length === 0 ? undefined : Math.min(...times)
    },
    failed(id, after, now, random) {
      const failures = (all[id]?.failures ?? 0) + 1
      const isGivenUp = failures >= maxFailures
      const dueAt = retryAtMost(maxRetryMs, now, failures, random)
      change(id, isGivenUp ? undefined : { after, failures, dueAt })
      return isGivenUp ? 'given_up' : 'again'
    },
    reached: (id, after) => change(id, { after, failures: 0, dueAt: 0 }),
    forget: (id) => change(id, undefined),
    store() {
      if (!isChanged) return
      const isAlone = position !== undefined && Object.keys(all).length === 0
      kv.put<Stored>(positionKey, isAlone ? (position as number) : { position, behind: all })
      isChanged = false
    },
  }
}
