/**
 * Delegation to background jobs, which outlive the access token they were ordered with. A job continues when the token
 * expires and when the user signs out, and ends when the token or its grant is revoked. So the object of the token
 * stores the delegation, and a revocation deletes it.
 */
import { inspectToken } from './inspect-token.ts'
import { isOffline } from './limit-grants.ts'
import type { SubjectState } from './subject-state.ts'

/** A job that outlives the access token it was ordered with. */
export interface Delegate {
  readonly now: number
  /** Identifies the background job. */
  readonly work_id: string
  readonly client_id: string
  /** Absent for service tokens. */
  readonly grant_id?: string | undefined
  readonly jti_hash: string
}

/** A job checks at each step, at most minutes apart; abandoned delegations are not kept for ever. */
const keptMs = 3 * 86_400_000
const renewBelowMs = 2 * 86_400_000

/** Stores a delegation of the token to `work_id`. @returns false when the token is no longer live */
export function delegate(state: SubjectState, input: Delegate): boolean {
  const { work_id, client_id, grant_id, jti_hash, now } = input
  if (inspectToken(state, { now, kind: 'access', grant_id, jti_hash }).status === 'dead') return false
  const grant = grant_id === undefined ? undefined : state.grants.find(grant_id)?.grant
  state.delegations.put({
    ...{ work_id, client_id, grant_id, jti_hash, keep_until: now + keptMs },
    // A grant with `offline_access` outlives its session, and so do its delegations.
    session_id: grant && !isOffline(grant) ? grant.session_id : undefined,
  })
  return true
}

/** False when the delegation to `work_id` has been revoked. */
export function isDelegated(state: SubjectState, input: { work_id: string; now: number }): boolean {
  const kept = state.delegations.find(input.work_id)
  if (kept && kept.keep_until - input.now < renewBelowMs) {
    state.delegations.put({ ...kept, keep_until: input.now + keptMs })
  }
  return kept !== undefined
}
