/** The claims of a DPoP proof (RFC 9449 §4.2, §4.3), after its signature: pure, so that each rule is a row in a test table. */
import type { JWTPayload } from 'jose'
import { toSeconds } from '../../kit/clock.ts'
import { isSameUrl } from './same-url.ts'

/** How old a proof may be. */
export const maxProofAgeSeconds = 60
/** How far a client's clock may be ahead; FAPI 2.0 §5.3.2.1 asks for at least 10 and at most 60. */
export const maxProofAheadSeconds = 30
const maxJtiLength = 256

/** What a proof must be for. */
export interface ProofTarget {
  readonly method: string
  readonly url: string
  /** base64url(SHA-256) of the access token presented with it; absent where tokens are issued. */
  readonly accessTokenHash: string | undefined
}

export interface ProofClaims {
  readonly jti: string
  /** Seconds since the Unix epoch. */
  readonly iat: number
  readonly nonce: string | undefined
}

/**
 * The claims, or what is wrong with them.
 * @param now milliseconds since the Unix epoch
 */
export function checkProofClaims(
  payload: JWTPayload,
  target: ProofTarget,
  now: number,
): ProofClaims | string {
  const { jti, iat } = payload
  const { htm, htu, ath, nonce } = payload as Readonly<Record<string, unknown>>
  if (typeof jti !== 'string' || jti === '' || jti.length > maxJtiLength) return 'jti is missing or too long'
  // Attack: a proof that was made for one request is sent with another one.
  if (htm !== target.method) return 'htm is not the method of this request'
  if (typeof htu !== 'string' || !isSameUrl(htu, target.url)) return 'htu is not the URL of this endpoint'
  if (typeof iat !== 'number' || !Number.isSafeInteger(Math.floor(iat))) return 'iat is missing'
  const age = toSeconds(now) - iat
  if (age > maxProofAgeSeconds) return 'iat is too long ago'
  if (-age > maxProofAheadSeconds) return 'iat is in the future'
  // Attack: a proof for one token is sent with another one of the same key.
  if (target.accessTokenHash !== undefined && ath !== target.accessTokenHash) {
    return 'ath is not the hash of the access token'
  }
  if (nonce !== undefined && typeof nonce !== 'string') return 'nonce is not a string'
  return { jti, iat: Math.floor(iat), nonce }
}
