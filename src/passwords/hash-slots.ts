/**
 * Limits the password hashes running at once, per isolate and per address. A hash takes memory and CPU time: a
 * burst waits here for a slot instead of exhausting the isolate, or the permits of an office whose users are about
 * to get theirs back. No attempts are counted here; a request that cannot wait any longer is asked to retry.
 */
import type { Clock } from '../kit/clock.ts'

/** Frees the slot; may be called more than once. */
export type ReleaseSlot = () => void

export interface HashSlots {
  /**
   * Waits for a slot.
   * @param subject an address, or what is counted in its place
   * @param isKnown whether it is a known device: some slots are reserved for them
   * @returns undefined when too many wait already, or the wait is too long
   */
  take(subject: string, isKnown?: boolean): Promise<ReleaseSlot | undefined>
}

export const hashSlotLimits = {
  /**
   * Fewer than an address has permits (`login-ip`), so that a burst of correct passwords never empties its bucket.
   */
  runningPerSubject: 4,
  running: 16,
  /** Attack: a few networks occupy every slot. Of the slots above, these are reserved for known devices. */
  runningKept: 4,
  waitingPerSubject: 256,
  waiting: 1024,
  waitingKept: 256,
  maxWaitMs: 25_000,
  /** A request aborted by the browser ends without notice; its slot is freed after this time. */
  maxTurnMs: 30_000,
  pollMs: 20,
} as const

/** `Retry-After` when there was no slot. */
export const busyRetrySeconds = 5

interface Entry {
  readonly subject: string
  /** Milliseconds since the Unix epoch. */
  readonly endsAt: number
}

/** Slots of one isolate. */
export function createHashSlots(needs: {
  readonly now: Clock
  readonly pause: (milliseconds: number) => Promise<void>
}): HashSlots {
  const { now, pause } = needs
  const running = new Set<Entry>()
  const waiting = new Set<Entry>()

  const begin = (subject: string, isKnown: boolean): ReleaseSlot | undefined => {
    dropEnded(running, now())
    const { running: max, runningKept } = hashSlotLimits
    if (running.size >= (isKnown ? max : max - runningKept)) return undefined
    if (countOf(running, subject) >= hashSlotLimits.runningPerSubject) return undefined
    const entry = { subject, endsAt: now() + hashSlotLimits.maxTurnMs }
    running.add(entry)
    return () => running.delete(entry)
  }

  return {
    async take(subject, isKnown = false) {
      const immediate = begin(subject, isKnown)
      if (immediate) return immediate
      dropEnded(waiting, now())
      const { waiting: max, waitingKept } = hashSlotLimits
      if (waiting.size >= (isKnown ? max : max - waitingKept)) return undefined
      if (countOf(waiting, subject) >= hashSlotLimits.waitingPerSubject) return undefined
      const wait = { subject, endsAt: now() + hashSlotLimits.maxWaitMs }
      waiting.add(wait)
      try {
        // Each request polls with its own timer: on Workers a request must not be resumed by another request's
        // promise.
        while (now() < wait.endsAt) {
          await pause(hashSlotLimits.pollMs)
          const release = begin(subject, isKnown)
          if (release) return release
        }
        return undefined
      } finally {
        waiting.delete(wait)
      }
    },
  }
}

function dropEnded(entries: Set<Entry>, now: number): void {
  for (const entry of entries) if (now >= entry.endsAt) entries.delete(entry)
}

function countOf(entries: ReadonlySet<Entry>, subject: string): number {
  let count = 0
  for (const entry of entries) if (entry.subject === subject) count++
  return count
}
