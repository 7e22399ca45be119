/**
 * How many password hashes are under way at once, in one isolate and from one address. A hash takes memory and a
 * processor: a burst waits here for its turn, instead of using up what one isolate has or all permits of an office
 * whose people are about to give them back. Nothing is counted here; who cannot wait longer is told to come again.
 */
import type { Clock } from '../kit/clock.ts'

/** Ends the turn; may be called again. */
export type ReleaseSlot = () => void

export interface HashSlots {
  /**
   * Waits for a turn.
   * @param subject an address, or what is counted in place of it
   * @param isKnown whether it is a known device: some turns are kept for them
   * @returns undefined when too many wait already, or for too long
   */
  take(subject: string, isKnown?: boolean): Promise<ReleaseSlot | undefined>
}

export const hashSlotLimits = {
  /** Less than the permits of an address (`login-ip`), so that a burst of right passwords never empties its bucket. */
  runningPerSubject: 4,
  running: 16,
  /** Attack: a few networks take every turn. Of the turns above, no number of addresses takes these. */
  runningKept: 4,
  waitingPerSubject: 256,
  waiting: 1024,
  waitingKept: 256,
  longestWaitMs: 25_000,
  /** A request that the browser gave up ends without a word; its turn ends then. */
  longestTurnMs: 30_000,
  pollMs: 20,
} as const

/** What somebody is told for whom there was no turn. */
export const busyRetrySeconds = 5

interface Turn {
  readonly subject: string
  /** Milliseconds since the Unix epoch. */
  readonly endsAt: number
}

/** Turns of one isolate. */
export function createHashSlots(needs: {
  readonly now: Clock
  readonly pause: (milliseconds: number) => Promise<void>
}): HashSlots {
  const { now, pause } = needs
  const running = new Set<Turn>()
  const waiting = new Set<Turn>()

  const begin = (subject: string, isKnown: boolean): ReleaseSlot | undefined => {
    dropEnded(running, now())
    const { running: most, runningKept } = hashSlotLimits
    if (running.size >= (isKnown ? most : most - runningKept)) return undefined
    if (countOf(running, subject) >= hashSlotLimits.runningPerSubject) return undefined
    const turn = { subject, endsAt: now() + hashSlotLimits.longestTurnMs }
    running.add(turn)
    return () => running.delete(turn)
  }

  return {
    async take(subject, isKnown = false) {
      const immediate = begin(subject, isKnown)
      if (immediate) return immediate
      dropEnded(waiting, now())
      const { waiting: most, waitingKept } = hashSlotLimits
      if (waiting.size >= (isKnown ? most : most - waitingKept)) return undefined
      if (countOf(waiting, subject) >= hashSlotLimits.waitingPerSubject) return undefined
      const wait = { subject, endsAt: now() + hashSlotLimits.longestWaitMs }
      waiting.add(wait)
      try {
        // Each request asks by its own timer: on Workers none may be woken by another one's promise.
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

function dropEnded(turns: Set<Turn>, now: number): void {
  for (const turn of turns) if (now >= turn.endsAt) turns.delete(turn)
}

function countOf(turns: ReadonlySet<Turn>, subject: string): number {
  let count = 0
  for (const turn of turns) if (turn.subject === subject) count++
  return count
}
