/**
 * Signature algorithms (RFC 9421 §3.3), asymmetric only. The key decides which one is used, never the message: a
 * public key must not be used as an HMAC secret, nor an RSA key with a weaker scheme.
 */
import type { JWK } from 'jose'

export const signatureAlgorithms = ['ed25519', 'ecdsa-p256-sha256', 'rsa-pss-sha512'] as const
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number]

interface Scheme {
  /** The JOSE names a key may carry as its `alg`. */
  readonly jwkAlgs: readonly string[]
  readonly key: RsaHashedImportParams | EcKeyImportParams | { readonly name: 'Ed25519' }
  readonly signature: RsaPssParams | EcdsaParams | { readonly name: 'Ed25519' }
}
interface RsaHashedImportParams {
  readonly name: 'RSA-PSS'
  readonly hash: 'SHA-512'
}
interface EcKeyImportParams {
  readonly name: 'ECDSA'
  readonly namedCurve: 'P-256'
}
interface RsaPssParams {
  readonly name: 'RSA-PSS'
  readonly saltLength: 64
}
interface EcdsaParams {
  readonly name: 'ECDSA'
  readonly hash: 'SHA-256'
}

const schemes: Readonly<Record<SignatureAlgorithm, Scheme>> = {
  ed25519: {
    jwkAlgs: ['EdDSA', 'Ed25519'],
    key: { name: 'Ed25519' },
    signature: { name: 'Ed25519' },
  },
  'ecdsa-p256-sha256': {
    jwkAlgs: ['ES256'],
    key: { name: 'ECDSA', namedCurve: 'P-256' },
    signature: { name: 'ECDSA', hash: 'SHA-256' },
  },
  'rsa-pss-sha512': {
    jwkAlgs: ['PS512'],
    key: { name: 'RSA-PSS', hash: 'SHA-512' },
    signature: { name: 'RSA-PSS', saltLength: 64 },
  },
}

/** 2048 to 4096 bits in base64url: shorter RSA keys can be factored, longer ones only cost us time. */
const rsaModulusLength = { min: 342, max: 684 }

/** The only algorithm a key may be used with; `undefined` for keys that cannot sign messages. */
export function algorithmOf(jwk: JWK): SignatureAlgorithm | undefined {
  const algorithm = byType(jwk)
  if (!algorithm || (jwk.use !== undefined && jwk.use !== 'sig')) return undefined
  return jwk.alg === undefined || schemes[algorithm].jwkAlgs.includes(jwk.alg) ? algorithm : undefined
}

function byType(jwk: JWK): SignatureAlgorithm | undefined {
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return 'ed25519'
  if (jwk.kty === 'EC' && jwk.crv === 'P-256') return 'ecdsa-p256-sha256'
  const length = jwk.n?.length ?? 0
  const isFit = length >= rsaModulusLength.min && length <= rsaModulusLength.max
  return jwk.kty === 'RSA' && isFit ? 'rsa-pss-sha512' : undefined
}

/** Whether `signature` over `base` was made with the private half of `jwk`. A broken key verifies nothing. */
export async function verifyBytes(
  jwk: JWK,
  base: string,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const algorithm = algorithmOf(jwk)
  if (!algorithm) return false
  try {
    const key = await crypto.subtle.importKey('jwk', bare(jwk), schemes[algorithm].key, false, ['verify'])
    return await crypto.subtle.verify(
      schemes[algorithm].signature,
      key,
      signature,
      new TextEncoder().encode(base),
    )
  } catch {
    return false
  }
}

/**
 * Signs `base` with a private key.
 * @throws TypeError when the key fits none of our algorithms
 */
export async function signBytes(jwk: JWK, base: string): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = algorithmOf(jwk)
  if (!algorithm || jwk.d === undefined) throw new TypeError('not a private key for message signatures')
  const key = await crypto.subtle.importKey('jwk', withoutHints(jwk), schemes[algorithm].key, false, ['sign'])
  return new Uint8Array(
    await crypto.subtle.sign(schemes[algorithm].signature, key, new TextEncoder().encode(base)),
  )
}

/** Only the key material: WebCrypto does not know some `alg` names, and `key_ops` could contradict the use here. */
const bare = ({ kty, crv, x, y, n, e }: JWK): JsonWebKey => clean({ kty, crv, x, y, n, e })
const withoutHints = ({ kty, crv, x, y, n, e, d, p, q, dp, dq, qi }: JWK): JsonWebKey =>
  clean({ kty, crv, x, y, n, e, d, p, q, dp, dq, qi })
const clean = (members: Record<string, string | undefined>): JsonWebKey =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as unknown as JsonWebKey
