/**
 * After a password change, everything opened with the old password ends. That includes grants of the same browser,
 * because a thief may have made them, and its session handle, because a thief may have copied it: the session continues
 * under a new id and secret, and codes issued under the old id end with it.
 */

import type { Origin } from '../audit/event.ts'
import { beginSession } from './begin-session.ts'
import { endAllSessions } from './end-session.ts'
import type { SubjectState } from './subject-state.ts'

export interface CompletePasswordChange {
  readonly now: number
  readonly session_id: string
  /** The new id and secret of the session: its old handle may have been stolen. */
  readonly renewed: { readonly session_id: string; readonly secret_hash: string }
  readonly origin: Origin
}

/** A repeated call changes nothing. If the session is gone, the user must sign in again. */
export function completePasswordChange(state: SubjectState, input: CompletePasswordChange): void {
  if (state.sessions.find(input.renewed.session_id)) return
  const session = state.sessions.find(input.session_id)
  endAllSessions(state, { now: input.now, origin: input.origin, reason: 'password_changed' })
  if (!session) return
  beginSession(state, { ...session, ...input.renewed, password_change_required: false }, input)
}
