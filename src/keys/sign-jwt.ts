/**
 * Signs the JWTs we issue: compact JWS (RFC 7515 §7.1) directly on WebCrypto, because this is the hottest code of
 * the server. The protected header of a key and media type never changes, so it is encoded once.
 */
import { encodeBase64Url } from '../kit/base64url.ts'
import { observe } from '../telemetry/observe.ts'
import type { SigningAlg } from './algorithms.ts'
import type { Keyring, SigningKey, SignJwt } from './keyring.ts'

const encoder = new TextEncoder()

/** WebCrypto's names (RFC 7518 §3.3 to §3.5; RFC 8037 §3.1); its ECDSA output already has the JWS form. */
const webCryptoAlgorithms = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  EdDSA: { name: 'Ed25519' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  ES384: { name: 'ECDSA', hash: 'SHA-384' },
} as const satisfies Record<SigningAlg, { name: string; hash?: string; saltLength?: number }>

/** `base64url(header).` by key, then by `typ`; garbage-collected with its key. */
const encodedHeaders = new WeakMap<SigningKey, Map<string, string>>()

/** Builds `SignJwt` over the keyring. */
export function createSignJwt(needs: { readonly keyring: Pick<Keyring, 'signingKey'> }): SignJwt {
  return async (alg, typ, payload) => {
    const signingKey = await needs.keyring.signingKey(alg)
    const signingInput =
      encodedHeader(signingKey, typ) + encodeBase64Url(encoder.encode(JSON.stringify(payload)))
    const signature = await observe('signature', { alg }, () =>
      crypto.subtle.sign(webCryptoAlgorithms[alg], signingKey.key, encoder.encode(signingInput)),
    )
    return `${signingInput}.${encodeBase64Url(new Uint8Array(signature))}`
  }
}

function encodedHeader(signingKey: SigningKey, typ: string): string {
  let byType = encodedHeaders.get(signingKey)
  if (!byType) {
    byType = new Map()
    encodedHeaders.set(signingKey, byType)
  }
  let header = byType.get(typ)
  if (header === undefined) {
    const { alg, kid } = signingKey
    header = `${encodeBase64Url(encoder.encode(JSON.stringify({ alg, typ, kid })))}.`
    byType.set(typ, header)
  }
  return header
}
