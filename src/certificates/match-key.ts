/** Whether a self-signed certificate is one that a client has registered (RFC 8705 §2.2). */
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose'
import { toBase64 } from '../kit/base64.ts'
import type { ParsedCertificate } from './parse-certificate.ts'

type RegisteredKey = Readonly<Record<string, unknown>>

/** How the platform imports a public key; those that are not of the key are refused by it. */
const keyTypes: readonly { readonly name: string; readonly hash?: string; readonly namedCurve?: string }[] = [
  { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  { name: 'ECDSA', namedCurve: 'P-256' },
  { name: 'ECDSA', namedCurve: 'P-384' },
  { name: 'ECDSA', namedCurve: 'P-521' },
  { name: 'Ed25519' },
]

/** The public key of a certificate as a JWK; undefined if no client could register such a key. */
export async function publicJwkOf({ publicKey }: ParsedCertificate): Promise<JWK | undefined> {
  for (const type of keyTypes) {
    const key = await crypto.subtle
      .importKey('spki', publicKey, type, true, ['verify'])
      .catch(() => undefined)
    if (key) return exportJWK(key)
  }
  return undefined
}

/**
 * Whether one of the keys is that of the certificate. A key registered with its certificate (`x5c`) stands for that one
 * alone. Attack: the holder of an expired certificate prolongs it by making another one for the same key.
 */
export async function isRegisteredKey(
  der: Uint8Array,
  certificate: ParsedCertificate,
  keys: readonly RegisteredKey[],
): Promise<boolean> {
  const encoded = toBase64(der)
  const isListed = ({ x5c }: RegisteredKey) => Array.isArray(x5c) && x5c[0] === encoded
  if (keys.some(isListed)) return true
  const bare = keys.filter(({ x5c }) => x5c === undefined)
  const jwk = bare.length === 0 ? undefined : await publicJwkOf(certificate)
  if (!jwk) return false
  const thumbprint = await calculateJwkThumbprint(jwk)
  const thumbprints = await Promise.all(
    bare.map((key) => calculateJwkThumbprint(key as JWK).catch(() => undefined)),
  )
  return thumbprints.includes(thumbprint)
}
