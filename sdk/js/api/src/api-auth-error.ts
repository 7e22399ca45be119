import type { ApiErrorCode, Refusal } from './refusal.ts'

const statuses: Readonly<Record<ApiErrorCode, number>> = {
  missing_token: 401,
  invalid_request: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  insufficient_user_authentication: 401,
  invalid_dpop_proof: 401,
  use_dpop_nonce: 401,
  temporarily_unavailable: 503,
}

/** A request that must not be served. Contains nothing of its token or proof: errors are logged. */
export class ApiAuthError extends Error {
  override readonly name = 'ApiAuthError'
  readonly code: ApiErrorCode
  readonly status: number
  /** For developers. */
  readonly description: string
  /** Of the response: `WWW-Authenticate`, and what lets a browser's script read it. */
  readonly headers: Readonly<Record<string, string>>
  /** Of the response, as JSON: the same again, for scripts of other origins that cannot read headers. */
  readonly body: Readonly<Record<string, string>>

  constructor(
    refusal: Refusal,
    headers: { readonly challenge: string; readonly dpopNonce?: string | undefined },
  ) {
    const { code, description, details } = refusal
    super(`${code}: ${description}`, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.description = description
    this.status = statuses[code]
    this.body = { error: code, error_description: description, ...details.attributes }
    this.headers = {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(this.status === 503 ? { 'retry-after': '5' } : { 'www-authenticate': headers.challenge }),
      ...(headers.dpopNonce === undefined ? {} : { 'dpop-nonce': headers.dpopNonce }),
      'access-control-expose-headers': 'WWW-Authenticate, DPoP-Nonce, Retry-After',
    }
  }

  toResponse(): Response {
    return new Response(JSON.stringify(this.body), { status: this.status, headers: { ...this.headers } })
  }
}
