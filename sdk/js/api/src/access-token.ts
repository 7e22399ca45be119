import type { ApiClaims } from './claims.ts'
import type { TokenScheme } from './refusal.ts'

/** What an access token says (RFC 9068 §2.2), after every check. */
export interface AccessToken {
  /** Who it is about: a user, or for a token of a client by itself the client. */
  readonly sub: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** How the person signed in. */
  readonly acr: string | undefined
  /** When they signed in, seconds since the Unix epoch. */
  readonly authTime: number | undefined
  /** Seconds since the Unix epoch. */
  readonly expiresAt: number
  /** The key that the sender has proven to have (RFC 7800 §3.1). */
  readonly confirmation: Confirmation | undefined
  /** `DPoP` when the token is bound to a key. */
  readonly tokenType: TokenScheme
  readonly claims: ApiClaims
  /** To be sent as `DPoP-Nonce` with the response, if nonces are in use (RFC 9449 §8.2). */
  readonly dpopNonce: string | undefined
}

export interface Confirmation {
  /** RFC 9449 §6.1. */
  readonly jkt?: string
  /** RFC 8705 §3.1. */
  readonly 'x5t#S256'?: string
}
