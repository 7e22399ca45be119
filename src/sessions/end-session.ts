/** Ends sessions: one or all of a user. */
import { createEvent } from '../audit/create-event.ts'
import type { EventActor, Origin } from '../audit/event.ts'
import { everyPasskey } from '../passkeys/account-copy.ts'
import { isOffline } from './limit-grants.ts'
import { endParticipation } from './participants.ts'
import { revokeGrant } from './revoke-grant.ts'
import type { SignOutReason } from './session.ts'
import type { StoredSession, SubjectState } from './subject-state.ts'

export interface EndSession {
  readonly now: number
  readonly session_id: string
  /** Ends the session's grants too, but for those with `offline_access`. */
  readonly origin: Origin
  readonly reason: 'logout' | 'revoked' | 'replaced' | 'passkey_removed'
  readonly by?: EventActor | undefined
}

export interface EndAllSessions {
  readonly now: number
  readonly origin: Origin
  readonly except_session_id?: string | undefined
  /** Default: `signed_out_everywhere`. */
  readonly reason?: SignOutReason | undefined
  readonly by?: EventActor | undefined
  /** Also deletes failed sign-ins (`attempts`) or everything stored about the user (`everything`). */
  readonly forget?: 'attempts' | 'everything' | undefined
}

export type SessionEndReason = EndSession['reason'] | SignOutReason | 'limit' | 'signed_out_everywhere'

interface Ending {
  readonly now: number
  readonly origin: Origin
  readonly reason: SessionEndReason
  readonly by?: EventActor | undefined
}

/** Ends one session. @returns whether there was such a session */
export const endSession = (state: SubjectState, input: EndSession): boolean =>
  endSessionAndGrants(state, input)

/**
 * Ends one session and the grants made in it, except those with `offline_access`, which are meant to outlive it (OpenID
 * Connect Core §11; Back-Channel Logout 1.0 §2.7), and has its clients told. Accepts more reasons than external callers may give.
 */
export function endSessionAndGrants(
  state: SubjectState,
  input: Ending & { readonly session_id: string },
): boolean {
  // Signing out does not revoke the jobs one has ordered; a session that is revoked may be a thief's.
  if (input.reason === 'revoked') state.delegations.withdraw({ of: 'session_id', is: input.session_id })
  const session = state.sessions.find(input.session_id)
  if (session) {
    dropSession(state, session, input)
    endParticipation(state, session, input.now)
  }
  // Also of a session that expired unused: refreshing goes on after that, until somebody signs out.
  for (const stored of state.grants.allLive()) {
    const { session_id, user_id } = stored.grant
    if (session_id !== input.session_id || isOffline(stored.grant)) continue
    const actor = input.by ?? ({ actor_type: 'user', actor_id: user_id } as const)
    revokeGrant(state, stored, { now: input.now, origin: input.origin, reason: 'session_ended', actor })
  }
  return session !== undefined
}

/** After these the copy of the account is wrong. */
const changesAccount: readonly SignOutReason[] = [
  'account_disabled',
  'account_deleted',
  'deletion_requested',
  'not_me',
]

/**
 * Ends all sessions but one, every grant, every known device except that session's, and what any browser remembers of
 * second factors; on request also deletes everything else stored about the user.
 */
export function endAllSessions(state: SubjectState, input: EndAllSessions): void {
  const ending = { ...input, reason: input.reason ?? ('signed_out_everywhere' as const) }
  state.allEnded.at = input.now
  state.takenAway.generation += 1
  if (input.reason !== undefined && changesAccount.includes(input.reason)) forgetAccount(state)
  state.delegations.withdrawAll()
  state.pendingSignIns.clear()
  for (const session of state.sessions.all()) {
    if (session.session_id === input.except_session_id) continue
    dropSession(state, session, ending)
    endParticipation(state, session, input.now)
  }
  for (const device of state.devices.all()) {
    if (device.session_id !== input.except_session_id) state.devices.delete(device.device_id)
    else if (device.remembered) state.devices.forgetFactor(device.device_id)
  }
  for (const stored of state.grants.allLive()) {
    const actor = input.by ?? ({ actor_type: 'user', actor_id: stored.grant.user_id } as const)
    revokeGrant(state, stored, { ...ending, actor })
  }
  if (input.forget !== undefined) state.attempts.clear()
  if (input.forget === 'everything') {
    state.consents.clear()
    state.recoveryWait.delete()
  }
}

/** Ends a session alone and records it. */
export function dropSession(state: SubjectState, session: StoredSession, ending: Ending): void {
  state.sessions.delete(session.session_id)
  state.record(
    createEvent('session.ended', ending.now, ending.origin, {
      outcome: 'success',
      ...(ending.by ?? { actor_type: 'user', actor_id: session.user_id }),
      user_id: session.user_id,
      session_id: session.session_id,
      data: { reason: ending.reason },
    }),
  )
}

/** Postgres has committed: the next sign-in with a passkey reads there what is true now. */
function forgetAccount(state: SubjectState): void {
  state.accountCopy.drop()
  state.passkeyRefusals.delete(everyPasskey)
}
