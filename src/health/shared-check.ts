/**
 * One check for all who ask at the same time. Attack: a flood of health requests becomes a flood of queries, also on an
 * isolate that has no result yet.
 */
import type { Clock } from '../kit/clock.ts'
import { delay } from '../kit/delay.ts'

/** How long a result is used: load balancers and people ask less often. */
const cacheMilliseconds = 1000
const pollMilliseconds = 50

export interface SharedCheck<T> {
  /**
   * The result of a check that is at most a second old, or the one before while the next is under way.
   * @param limitMilliseconds after this a check that was begun counts as abandoned, because its request may have
   * ended; and a result is too old to be used meanwhile
   */
  ask(needs: { readonly now: Clock; readonly limitMilliseconds: number }, check: () => Promise<T>): Promise<T>
}

export function createSharedCheck<T>(): SharedCheck<T> {
  let last: { readonly result: T; readonly until: number } | undefined
  let checkingUntil = 0

  return {
    async ask({ now, limitMilliseconds }, check) {
      for (;;) {
        const at = now()
        const isChecking = at < checkingUntil
        if (last && at < last.until + (isChecking ? limitMilliseconds : 0)) return last.result
        if (!isChecking) break
        // On Workers a request must not await another's promise, so it looks from time to time.
        await delay(pollMilliseconds)
      }
      checkingUntil = now() + limitMilliseconds
      try {
        const result = await check()
        last = { result, until: now() + cacheMilliseconds }
        return result
      } finally {
        checkingUntil = 0
      }
    },
  }
}
