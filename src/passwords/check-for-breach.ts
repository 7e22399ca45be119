/**
 * Checks, after the answer, whether a password that was typed correctly or just chosen is in a list of breached ones.
 * What is found acts at the next sign-in, which asks for another password. No page waits for the list's server, and
 * while it does not answer nothing changes.
 */
import { createEvent } from '../audit/create-event.ts'
import type { AuditEvent, Origin } from '../audit/event.ts'
import type { Clock } from '../kit/clock.ts'
import { describeError } from '../kit/describe-error.ts'
import { logWarning } from '../kit/log.ts'
import type { ReadSettings } from '../settings/settings.ts'
import { count } from '../telemetry/count.ts'
import type { BreachLookup } from './find-breach.ts'

export interface CheckedPassword {
  readonly userId: string
  readonly password: string
  /** Its stored hash: if another password has been stored meanwhile, nothing is checked or marked. */
  readonly hash: string
  readonly origin: Origin
}

/** Returns at once; the check goes on after the answer and never throws. */
export type CheckForBreach = (checked: CheckedPassword) => void

type StoredPassword = Pick<CheckedPassword, 'userId' | 'hash'>

export interface BreachMarks {
  /**
   * Claims the check, so that of many sign-ins at once one does it; also that a failed one is not repeated by every
   * sign-in of the next `retrySeconds`.
   * @returns false when it is not due, or the password is no longer the same
   */
  claim(stored: StoredPassword, retrySeconds: number): Promise<boolean>
  postpone(stored: StoredPassword, seconds: number): Promise<void>
  /** Marks the password as breached, with the event, in one statement. */
  mark(stored: StoredPassword, event: AuditEvent): Promise<void>
}

export interface CheckForBreachNeeds {
  readonly now: Clock
  readonly readSettings: ReadSettings
  readonly marks: BreachMarks
  readonly findBreach: (password: string) => Promise<BreachLookup>
}

const retrySeconds = 3600
const secondsOfDay = 86_400

/** The check itself. */
export async function checkForBreach(
  needs: CheckForBreachNeeds,
  { password, origin, ...stored }: CheckedPassword,
): Promise<void> {
  try {
    const settings = await needs.readSettings()
    if (settings['passwords.breach_check'] === 'off') return
    if (!(await needs.marks.claim(stored, retrySeconds))) return
    const lookup = await needs.findBreach(password)
    count('authly_breached_password_checks_total', 1, lookup)
    if (lookup === 'found') await needs.marks.mark(stored, breachOf(stored.userId, needs.now(), origin))
    else if (lookup === 'not_found') {
      await needs.marks.postpone(stored, settings['passwords.breach_check_days'] * secondsOfDay)
    } else logWarning('breach_check_failed', { reason: 'no answer that could be read' })
  } catch (failure) {
    logWarning('breach_check_failed', { reason: describeError(failure) })
  }
}

const breachOf = (userId: string, now: number, origin: Origin): AuditEvent =>
  createEvent('password.breached', now, origin, {
    ...{ outcome: 'success', actor_type: 'system', user_id: userId },
    ...{ entity_type: 'user', entity_id: userId },
  })
