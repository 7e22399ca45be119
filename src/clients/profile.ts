/**
 * Profiles: named sets of demands on a client, from specifications that narrow OAuth. A client follows its own, else
 * the deployment's.
 */
export const profiles = ['oauth2.1', 'oidc', 'fapi2-security', 'fapi2-message-signing', 'mcp'] as const
export type Profile = (typeof profiles)[number]

/** What a profile demands that no member of a client says. */
export interface ProfileRules {
  /** Access tokens are bound to a key of the client, by DPoP or mutual TLS (RFC 9449, RFC 8705). */
  readonly sender_constraint_required: boolean
  /** What the `aud` of client assertions may be. */
  readonly assertion_audience: 'issuer' | 'issuer_or_endpoint'
  readonly rotates_refresh_tokens: boolean
  /** Longest lifetime of an authorization code. */
  readonly max_code_ttl_seconds: number | undefined
  /** Algorithms that any JWT from or for the client may be signed with; undefined: all that the server knows. */
  readonly signing_algs: readonly string[] | undefined
  /** Authorization responses are signed (JARM). */
  readonly signed_response_required: boolean
  /** Request objects carry `nbf` and `exp`: how long ago the one may be, and how long after it the other. */
  readonly max_request_object_age_seconds: number | undefined
  /** Authorization and token requests name the API that the token is for (RFC 8707). */
  readonly resource_required: boolean
}

/** What every client gets that follows no stricter profile. */
export const baseRules: ProfileRules = {
  sender_constraint_required: false,
  assertion_audience: 'issuer_or_endpoint',
  rotates_refresh_tokens: true,
  max_code_ttl_seconds: undefined,
  signing_algs: undefined,
  signed_response_required: false,
  max_request_object_age_seconds: undefined,
  resource_required: false,
}
