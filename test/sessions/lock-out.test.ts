import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attemptsForgotten,
  decideLogin,
  freeFailures,
  type LoginAttempts,
  maxLockSeconds,
} from '../../src/sessions/lock-out.ts'
import { day, second, start } from './examples.ts'

/** Fails `count` times, each as soon as it is allowed; returns what is stored and the time. */
function failTimes(count: number): { attempts: LoginAttempts | undefined; now: number } {
  let attempts: LoginAttempts | undefined
  let now = start
  for (let index = 0; index < count; index++) {
    now = Math.max(now, attempts?.locked_until ?? 0)
    const decision = decideLogin(attempts, false, now)
    if (decision.status !== 'refused') throw new Error(`unexpected ${decision.status}`)
    attempts = decision.attempts
  }
  return { attempts, now }
}

describe('decideLogin', () => {
  it('lets people mistype a few times without any wait', () => {
    const { attempts, now } = failTimes(freeFailures)
    expect(now).toBe(start)
    expect(decideLogin(attempts, true, now)).toEqual({ status: 'accepted' })
  })

  it.each([
    [6, 2],
    [7, 4],
    [8, 8],
    [14, 512],
    [15, 900],
    [40, 900],
  ])('after failure %i the lock lasts %i seconds', (failures, seconds) => {
    const { attempts, now } = failTimes(failures)
    expect(decideLogin(attempts, false, now)).toEqual({ status: 'locked', retry_after_seconds: seconds })
  })

  it('refuses the right password too while locked, so that guesses in parallel learn nothing', () => {
    const { attempts, now } = failTimes(8)
    expect(decideLogin(attempts, true, now + 7 * second)).toEqual({
      status: 'locked',
      retry_after_seconds: 1,
    })
    expect(decideLogin(attempts, true, now + 8 * second)).toEqual({ status: 'accepted' })
  })

  it('forgets failures a day after the last one', () => {
    const { attempts, now } = failTimes(30)
    expect(attemptsForgotten(attempts as LoginAttempts, now + day - 1)).toBe(false)
    expect(attemptsForgotten(attempts as LoginAttempts, now + day)).toBe(true)
    const decision = decideLogin(attempts, false, now + day)
    expect(decision).toMatchObject({ status: 'refused', attempts: { failures: 1, locked_until: 0 } })
  })

  it('bounds the guesses of a day however an attacker times them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1_800_000 }), { maxLength: 200 }), (waits) => {
        let attempts: LoginAttempts | undefined
        let now = start
        let guesses = 0
        for (const wait of waits) {
          now += wait
          if (now - start >= day) break
          const decision = decideLogin(attempts, false, now)
          if (decision.status !== 'refused') {
            expect(decision).toMatchObject({ status: 'locked' })
            continue
          }
          guesses++
          attempts = decision.attempts
        }
        expect(guesses).toBeLessThanOrEqual(
          freeFailures + 10 + Math.ceil((now - start) / 1000 / maxLockSeconds),
        )
      }),
    )
  })
})
