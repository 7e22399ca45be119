/** JWTs of test vectors: right ones, and every wrong one that no library would make. */
import { constants, createHmac, createPrivateKey, sign } from 'node:crypto'

/** RFC 7517 §4; members of the kind of key beside these. */
export interface PrivateJwk {
  readonly kid: string
  readonly alg: string
  readonly kty?: string
  readonly [member: string]: unknown
}

/** A JSON text as it is, or a value to be written as one. */
export type JsonPart = string | Uint8Array | object

export const base64url = (value: JsonPart): string =>
  Buffer.from(
    typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value),
  ).toString('base64url')

/** The bytes of a signature by `alg` (RFC 7518 §3.1, RFC 8037). */
export function signature(alg: string, key: PrivateJwk, input: string): Buffer {
  const data = Buffer.from(input)
  const privateKey = createPrivateKey({ key, format: 'jwk' })
  const digest = `sha${alg.slice(2)}`
  if (alg.startsWith('Ed')) return sign(null, data, privateKey)
  if (alg.startsWith('ES')) return sign(digest, data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  if (alg.startsWith('RS')) return sign(digest, data, privateKey)
  return sign(digest, data, {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  })
}

/** Signed with the algorithm of the key, whatever the header says. */
export function jws(header: JsonPart, payload: JsonPart, key: PrivateJwk, alg: string = key.alg): string {
  const input = `${base64url(header)}.${base64url(payload)}`
  return `${input}.${signature(alg, key, input).toString('base64url')}`
}

/** By HMAC, for key confusion (RFC 8725 §2.1). */
export function hmacJws(header: JsonPart, payload: JsonPart, secret: string | Buffer): string {
  const input = `${base64url(header)}.${base64url(payload)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}
