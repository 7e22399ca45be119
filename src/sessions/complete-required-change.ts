/**
 * Ends a password change that a sign-in demands. Everything opened with the old password ends, as after any change
 * (`complete-password-change.ts`); the sign-in goes on.
 */
import { type Advanced, advanceSignIn } from './advance-sign-in.ts'
import type { ContinueSignIn, LostSignIn } from './continue-sign-in.ts'
import { publicSession } from './decide-session.ts'
import { endAllSessions } from './end-session.ts'
import { findPending } from './pending-sign-in.ts'
import type { SubjectState } from './subject-state.ts'

/** A repeated call changes nothing. */
export function completeRequiredChange(state: SubjectState, input: ContinueSignIn): Advanced | LostSignIn {
  const begun = state.sessions.find(input.session.session_id)
  if (begun) return { status: 'signed_in', session: publicSession(begun) }
  const pending = findPending(state, input.pending, input.now)
  if (!pending) return { status: 'lost' }
  endAllSessions(state, { now: input.now, origin: input.origin, reason: 'password_changed' })
  if (pending.policy.lost_factors !== undefined) {
    // Postgres has removed the factors: no copy of the account opens it with one of them.
    state.accountCopy.drop()
    state.recoveryWait.delete()
  }
  return advanceSignIn(state, input, pending, { action: 'change_password' }, undefined)
}
