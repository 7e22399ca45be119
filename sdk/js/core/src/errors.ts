/**
 * Every failure of these packages that an application may want to handle. `code` is the error code of OAuth where the
 * server gave one (RFC 6749 §4.1.2.1, §5.2), else one of {@link AuthlyErrorCode}. The message never contains a token,
 * a code or a secret.
 */
export class AuthlyError extends Error {
  override readonly name: string = 'AuthlyError'
  readonly code: string
  /** Of the server (`error_description`), for developers. */
  readonly description: string | undefined
  /** HTTP status of the answer, if there was one. */
  readonly status: number | undefined
  /** The server's `x-request-id`: what its operators look for. */
  readonly requestId: string | undefined

  constructor(code: string, more: AuthlyErrorDetails = {}) {
    super(more.description === undefined ? code : `${code}: ${more.description}`, { cause: more.cause })
    this.code = code
    this.description = more.description
    this.status = more.status
    this.requestId = more.requestId
  }
}

export interface AuthlyErrorDetails {
  readonly description?: string | undefined
  readonly status?: number | undefined
  readonly requestId?: string | undefined
  readonly cause?: unknown
}

/** Codes of our own: what no server said. */
export type AuthlyErrorCode =
  /** The server cannot be reached, or did not answer with what the specification says. */
  | 'network_error'
  | 'invalid_response'
  /** Not what RFC 7636 §4.1 calls a verifier. */
  | 'invalid_code_verifier'
  /** The discovery document is of another issuer (RFC 8414 §3.3). */
  | 'issuer_mismatch'
  /** The authorization response is not the answer to a request of this application: login CSRF, or an old tab. */
  | 'state_mismatch'
  /** The ID token is not for this request, client or issuer (OpenID Connect Core §3.1.3.7). */
  | 'invalid_id_token'
  /** `returnTo` leads out of the application. */
  | 'invalid_return_to'
  /** There is no session, or no longer. */
  | 'signed_out'
  /** An API demands another sign-in (RFC 9470). */
  | 'insufficient_user_authentication'
  /** Tokens do not go to this address. */
  | 'origin_not_allowed'
  /** The page is not on https or on this machine, or its browser keeps nothing. */
  | 'insecure_context'
  | 'storage_unavailable'
