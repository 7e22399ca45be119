/** A user's grant to a client, and how long its refresh tokens last. */
import type { AuthorizationDetail } from '../protocol/authorization-details.ts'
import type { RequestedClaims } from '../protocol/claims-parameter.ts'
import type { Confirmation } from '../protocol/token-confirmation.ts'

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
  /** RFC 9396. Absent in grants from before them. */
  readonly authorization_details?: readonly AuthorizationDetail[] | undefined
  readonly claims: RequestedClaims
  readonly auth_time: number
  readonly acr: string
  readonly amr: readonly string[]
  readonly nonce: string | undefined
  /**
   * The key its refresh tokens are bound to: those of a public client, which has nothing else to prove that they are its
   * own (RFC 9449 §5, RFC 8705 §4).
   */
  readonly cnf?: Confirmation | undefined
  /** The key came with a refresh: the tokens of the family from before it were issued to nobody's key. */
  readonly bound_later?: true | undefined
}

/** What a token of the grant may be for: its resources; this server, if it has none, or for userinfo. */
export const reachableResources = (grant: Grant, issuer: string): readonly string[] =>
  grant.resources.length === 0 || grant.scopes.includes('openid')
    ? [...grant.resources, issuer]
    : grant.resources

export interface RefreshPolicy {
  readonly idle_ttl_seconds: number
  readonly absolute_ttl_seconds: number
  readonly replay_grace_seconds: number
}
