/**
 * Work that outlives the access token it was ordered with: a background job. It goes on when the token expires and
 * when the person signs out, and ends when somebody withdraws what the token stood for. So the object of the token
 * keeps what was delegated, and a withdrawal deletes it: what is not there lends nothing.
 */
import { inspectToken } from './inspect-token.ts'
import { isOffline } from './limit-grants.ts'
import type { SubjectState } from './subject-state.ts'

/** Work that outlives the access token it was ordered with. */
export interface Delegate {
  readonly now: number
  /** Names the work: a background job. */
  readonly work_id: string
  readonly client_id: string
  /** Absent for service tokens. */
  readonly grant_id?: string | undefined
  readonly jti_hash: string
}

/** Work asks at each of its steps, which are minutes apart at most; forgotten work is not kept for ever. */
const keptMs = 3 * 86_400_000
const renewBelowMs = 2 * 86_400_000

/** Keeps that the token lends its power to `work_id`. @returns false when it lives no more */
export function delegate(state: SubjectState, input: Delegate): boolean {
  const { work_id, client_id, grant_id, jti_hash, now } = input
  if (inspectToken(state, { now, kind: 'access', grant_id, jti_hash }).status === 'dead') return false
  const grant = grant_id === undefined ? undefined : state.grants.find(grant_id)?.grant
  state.delegations.put({
    ...{ work_id, client_id, grant_id, jti_hash, keep_until: now + keptMs },
    // A grant with `offline_access` outlives its session, and so does what it lends.
    session_id: grant && !isOffline(grant) ? grant.session_id : undefined,
  })
  return true
}

/** Whether nobody has withdrawn what was delegated to `work_id`. */
export function isDelegated(state: SubjectState, input: { work_id: string; now: number }): boolean {
  const kept = state.delegations.find(input.work_id)
  if (kept && kept.keep_until - input.now < renewBelowMs) {
    state.delegations.put({ ...kept, keep_until: input.now + keptMs })
  }
  return kept !== undefined
}
