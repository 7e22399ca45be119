import type { AuthorizationTransaction } from './authorization-request.ts'
import { fromBase64url } from './base64url.ts'
import { AuthlyError } from './errors.ts'

/** OpenID Connect Core §2 and §5.1. */
export interface IdTokenClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  readonly exp: number
  readonly iat: number
  readonly auth_time?: number
  readonly nonce?: string
  readonly acr?: string
  readonly amr?: readonly string[]
  readonly azp?: string
  readonly sid?: string
  readonly name?: string
  readonly email?: string
  readonly email_verified?: boolean
  readonly picture?: string
  readonly preferred_username?: string
  readonly [claim: string]: unknown
}

/**
 * The claims of an ID token, without its signature: for one that came from the token endpoint over TLS that is enough
 * (OpenID Connect Core §3.1.3.7, 6).
 * @throws AuthlyError `invalid_id_token`
 */
export function decodeIdToken(token: string): IdTokenClaims {
  try {
    const parts = token.split('.')
    const claims: unknown = JSON.parse(strictUtf8.decode(fromBase64url(parts[1] ?? '')))
    if (parts.length === 3 && typeof claims === 'object' && claims !== null) return claims as IdTokenClaims
  } catch {
    // What the parser says repeats a part of the token.
  }
  throw new AuthlyError('invalid_id_token', { description: 'this is no signed JWT' })
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

export interface IdTokenExpectation {
  readonly issuer: string
  readonly clientId: string
  /** Of a sign-in; left out at a refresh, whose ID token may lack `nonce` (§12.2). */
  readonly transaction?: Pick<AuthorizationTransaction, 'nonce' | 'maxAge'>
  /** Of the sign-in before, at a refresh (§12.2). */
  readonly sub?: string
  /** Seconds that clocks may differ. Default 60. */
  readonly toleranceSeconds?: number
  /** Seconds to add to this machine's clock. */
  readonly clockOffsetSeconds?: number
}

/**
 * The rules of OpenID Connect Core §3.1.3.7 and §12.2 that are about claims.
 * @throws AuthlyError `invalid_id_token`, with the claim that is wrong in its description
 */
export function checkIdTokenClaims(claims: IdTokenClaims, expected: IdTokenExpectation): IdTokenClaims {
  const wrong = wrongClaim(claims, expected)
  if (wrong !== undefined) throw new AuthlyError('invalid_id_token', { description: `${wrong} is wrong` })
  return claims
}

function wrongClaim(claims: IdTokenClaims, expected: IdTokenExpectation): string | undefined {
  const { issuer, clientId, transaction, sub, toleranceSeconds = 60, clockOffsetSeconds = 0 } = expected
  const now = Date.now() / 1000 + clockOffsetSeconds
  const audience = [claims.aud].flat()
  if (claims.iss !== issuer) return 'iss'
  if (!audience.includes(clientId)) return 'aud'
  if (audience.length > 1 ? claims.azp !== clientId : claims.azp !== undefined && claims.azp !== clientId)
    return 'azp'
  if (typeof claims.exp !== 'number' || claims.exp + toleranceSeconds <= now) return 'exp'
  if (typeof claims.iat !== 'number' || claims.iat - toleranceSeconds > now) return 'iat'
  if (typeof claims.sub !== 'string' || claims.sub === '' || (sub !== undefined && claims.sub !== sub))
    return 'sub'
  if (transaction && claims.nonce !== transaction.nonce) return 'nonce'
  if (transaction?.maxAge !== undefined) {
    const { auth_time: at } = claims
    if (typeof at !== 'number' || at + transaction.maxAge + toleranceSeconds < now) return 'auth_time'
  }
  return undefined
}
