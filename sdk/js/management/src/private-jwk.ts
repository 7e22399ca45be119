import type { ClientKey } from '@authly-server/core'

/** A private key of the client, as a JWK (RFC 7517) with `alg` where `kty` and `crv` do not say it. */
export type PrivateJwk = JsonWebKey & { readonly kid?: string }

export const clientKeyOf = (key: PrivateJwk): ClientKey => ({ key, alg: algorithmOf(key), kid: key.kid })

function algorithmOf({ alg, kty, crv }: PrivateJwk): string {
  if (alg !== undefined) return alg === 'Ed25519' ? 'EdDSA' : alg
  if (kty === 'OKP') return 'EdDSA'
  if (kty === 'EC') return crv === 'P-384' ? 'ES384' : 'ES256'
  return 'PS256'
}
