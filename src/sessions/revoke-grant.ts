/** Revokes grants: every token issued from one becomes invalid, at introspection and at the token endpoint. */
import { createEvent } from '../audit/create-event.ts'
import type { AuditEvent, Origin } from '../audit/event.ts'
import type { SignOutReason } from './session.ts'
import type { StoredGrant, SubjectState } from './subject-state.ts'

export type RevocationReason =
  | 'client'
  | 'code_reused'
  | 'refresh_reused'
  | 'limit'
  | 'session_ended'
  | 'signed_out_everywhere'
  | 'consent_revoked'
  | SignOutReason

export interface RevocationCause {
  readonly now: number
  readonly origin: Origin
  readonly reason: RevocationReason
  /** Who did it. */
  readonly actor: Pick<AuditEvent, 'actor_type' | 'actor_id'>
}

/** Not revocations by anyone: background jobs continue. */
const endsNoWork: ReadonlySet<RevocationReason> = new Set(['session_ended', 'limit'])

/** Revokes one grant and records it. Its row stays as long as its code could be presented again. */
export function revokeGrant(state: SubjectState, stored: StoredGrant, cause: RevocationCause): void {
  state.grants.put({ ...stored, revoked: true, family: undefined })
  if (!endsNoWork.has(cause.reason)) state.delegations.withdraw({ of: 'grant_id', is: stored.grant.grant_id })
  state.record(
    createEvent('token.revoked', cause.now, cause.origin, {
      outcome: 'success',
      ...cause.actor,
      user_id: stored.grant.user_id,
      client_id: stored.grant.client_id,
      session_id: stored.grant.session_id,
      data: { reason: cause.reason, grant_id: stored.grant.grant_id },
    }),
  )
}
