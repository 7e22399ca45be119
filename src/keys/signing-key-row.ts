/** A signing key as stored and cached: plain JSON; the private half stays sealed in every cache tier. */
import type { KeyAlg } from './algorithms.ts'

export interface SigningKeyRow {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string
  readonly alg: KeyAlg
  readonly status: 'next' | 'current' | 'retired'
  readonly public_jwk: Readonly<Record<string, unknown>>
  /** The private JWK sealed under AUTHLY_ROOT_SECRET, bound to `kid`. */
  readonly private_jwk_sealed: string
  /** The state below, sealed (key-binding.ts); `null` in rows of versions without bindings. */
  readonly binding: string | null
  /** Milliseconds since the Unix epoch, like the two below. */
  readonly created_at: number
  readonly activated_at: number | undefined
  readonly retired_at: number | undefined
}

/**
 * Cache key of the whole set; must be refreshed by every change of a key. Copies under `signing-keys` had no
 * bindings.
 */
export const signingKeysCacheKey = 'bound-signing-keys'
