/** The copy of a user's consents that silent sign-ins read; the original is in Postgres. */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import type { SubjectState } from './subject-state.ts'

export interface RememberConsent {
  readonly now: number
  readonly client_id: string
  readonly session_id: string
  readonly user_id: string
  /** All scopes granted now; replaces the stored ones. */
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
  readonly fingerprint?: string | undefined
  /** False: copies the state of Postgres, without an event. */
  readonly new_decision: boolean
  readonly origin: Origin
}

/** Replaces the copy for one client by everything granted now. Only a new decision is an event. */
export function rememberConsent(state: SubjectState, input: RememberConsent): void {
  const { scopes, claims, fingerprint } = input
  state.consents.put(input.client_id, { scopes, claims, ...(fingerprint !== undefined && { fingerprint }) })
  if (!input.new_decision) return
  state.record(
    createEvent('consent.granted', input.now, input.origin, {
      outcome: 'success',
      actor_type: 'user',
      actor_id: input.user_id,
      user_id: input.user_id,
      client_id: input.client_id,
      session_id: input.session_id,
      data: { scopes, claims },
    }),
  )
}

/** Records that the user denied consent. */
export function denyConsent(
  state: SubjectState,
  input: {
    readonly now: number
    readonly client_id: string
    readonly session_id: string
    readonly user_id: string
    readonly origin: Origin
  },
): void {
  state.record(
    createEvent('consent.denied', input.now, input.origin, {
      outcome: 'failure',
      actor_type: 'user',
      actor_id: input.user_id,
      user_id: input.user_id,
      client_id: input.client_id,
      session_id: input.session_id,
    }),
  )
}
