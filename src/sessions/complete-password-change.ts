/**
 * A new password: everything that the old one opened ends. That includes the grants of the same browser, because
 * a thief may have made them there, and its session handle, because a thief may hold the same one: the browser
 * goes on under a new id and secret, and codes issued under the old id die with it.
 */

import type { Origin } from '../audit/event.ts'
import { beginSession } from './begin-session.ts'
import { endAllSessions } from './end-session.ts'
import type { SubjectState } from './subject-state.ts'

export interface CompletePasswordChange {
  readonly now: number
  readonly session_id: string
  /** What the session becomes: its old handle may be in other hands too. */
  readonly renewed: { readonly session_id: string; readonly secret_hash: string }
  readonly origin: Origin
}

/** A repeated call changes nothing. Without the session, nothing goes on: the person signs in anew. */
export function completePasswordChange(state: SubjectState, input: CompletePasswordChange): void {
  if (state.sessions.find(input.renewed.session_id)) return
  const session = state.sessions.find(input.session_id)
  endAllSessions(state, { now: input.now, origin: input.origin, reason: 'password_changed' })
  if (!session) return
  beginSession(state, { ...session, ...input.renewed, password_change_required: false }, input)
}
