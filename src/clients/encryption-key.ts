/** Which key of a client something is encrypted to (RFC 7517 §4.2 to §4.4, OpenID Connect Core §10.2). */
import type { EncryptionAlg } from '../keys/algorithms.ts'

type Jwk = Readonly<Record<string, unknown>>

const curves: Readonly<Record<string, readonly string[]>> = {
  EC: ['P-256', 'P-384', 'P-521'],
  OKP: ['X25519'],
}

/** 2048 to 8192 bits in base64url: what was fetched was never checked at registration. */
const rsaModulusLength = { min: 342, max: 1366 }

/** Whether `jwk` is a key to encrypt to with `alg`. */
export function mayEncryptTo(jwk: Jwk, alg: EncryptionAlg): boolean {
  if (jwk['use'] !== undefined && jwk['use'] !== 'enc') return false
  if (jwk['alg'] !== undefined && jwk['alg'] !== alg) return false
  if (Array.isArray(jwk['key_ops']) && jwk['key_ops'].includes('verify')) return false
  const { kty, crv, n } = jwk
  if (alg === 'RSA-OAEP-256') {
    const length = typeof n === 'string' ? n.length : 0
    return kty === 'RSA' && length >= rsaModulusLength.min && length <= rsaModulusLength.max
  }
  const allowed = typeof kty === 'string' && Object.hasOwn(curves, kty) ? curves[kty] : undefined
  return typeof crv === 'string' && allowed?.includes(crv) === true
}

/** The key to use: one that says it is for encryption before one that says nothing, then the first. */
export function chooseEncryptionKey<Key extends Jwk>(
  keys: readonly Key[],
  alg: EncryptionAlg,
): Key | undefined {
  const fitting = keys.filter((key) => mayEncryptTo(key, alg))
  return fitting.find((key) => key['use'] === 'enc') ?? fitting[0]
}
