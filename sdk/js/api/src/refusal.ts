/** Codes of RFC 6750 §3.1, RFC 9449 §7.1 and §9, RFC 9470 §3, and two of our own. */
export type ApiErrorCode =
  /** The request has no access token: the challenge says where to get one, and no `error` (RFC 6750 §3.1). */
  | 'missing_token'
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  /** The person must sign in again, or by a stronger method. */
  | 'insufficient_user_authentication'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  /** Authly, or the store of used proofs, cannot be asked: nothing is known about the token. */
  | 'temporarily_unavailable'

export type TokenScheme = 'Bearer' | 'DPoP'

export interface RefusalDetails {
  /** Whose challenge says it; default: that of the request. */
  readonly scheme?: TokenScheme
  /** What else the challenge says: `scope`, `acr_values`, `max_age`. */
  readonly attributes?: Readonly<Record<string, string>>
  /** Why somebody could not be asked. Never about a token, because errors are logged. */
  readonly cause?: unknown
}

/** Why a request is not served. The description is for developers and contains nothing of the token. */
export class Refusal {
  readonly code: ApiErrorCode
  readonly description: string
  readonly details: RefusalDetails

  constructor(code: ApiErrorCode, description: string, details: RefusalDetails = {}) {
    this.code = code
    this.description = description
    this.details = details
  }
}

export const invalidToken = (description: string): Refusal => new Refusal('invalid_token', description)

export const invalidProof = (description: string): Refusal =>
  new Refusal('invalid_dpop_proof', `the DPoP proof is not valid: ${description}`, { scheme: 'DPoP' })

export const unavailable = (description: string, cause?: unknown): Refusal =>
  new Refusal('temporarily_unavailable', description, { cause })
