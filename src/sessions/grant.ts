/** A user's grant to a client, and how long its refresh tokens last. */
import type { RequestedClaims } from '../protocol/claims-parameter.ts'

/** A grant made by one authorization code: the root of its refresh token family. */
export interface Grant {
  /** Equal to the id of the authorization code. */
  readonly grant_id: string
  readonly client_id: string
  readonly user_id: string
  /** The subject as the client sees it: differs from user_id for pairwise clients. */
  readonly sub: string
  readonly session_id: string
  /** The session it was made in, which `sid` names; absent while that is `session_id`. */
  readonly sid_session_id?: string | undefined
  readonly scopes: readonly string[]
  /** RFC 8707 resources granted. */
  readonly resources: readonly string[]
  readonly claims: RequestedClaims
  readonly auth_time: number
  readonly acr: string
  readonly amr: readonly string[]
  readonly nonce: string | undefined
}

export interface RefreshPolicy {
  readonly idle_ttl_seconds: number
  readonly absolute_ttl_seconds: number
  readonly replay_grace_seconds: number
}
