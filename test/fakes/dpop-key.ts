/** A client's key for DPoP, and proofs made with it: right ones, and whatever a test is about. */
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { sha256 } from '../../src/kit/hash.ts'

export interface ProofOptions {
  readonly method?: string
  readonly accessToken?: string
  readonly nonce?: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly now?: number
  /** Replace claims; undefined leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
}

export interface DpopKey {
  readonly alg: string
  readonly publicJwk: JWK
  readonly privateJwk: JWK
  readonly privateKey: CryptoKey
  readonly thumbprint: string
  /** A proof for a request to `url`. */
  prove(url: string, options?: ProofOptions): Promise<string>
}

export async function createDpopKey(alg = 'ES256'): Promise<DpopKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const publicJwk = await exportJWK(publicKey)
  return {
    alg,
    publicJwk,
    privateJwk: await exportJWK(privateKey),
    privateKey,
    thumbprint: await calculateJwkThumbprint(publicJwk),
    async prove(url, { method = 'POST', accessToken, nonce, now = Date.now(), claims, header } = {}) {
      const payload = {
        jti: crypto.randomUUID(),
        ...{ htm: method, htu: url, iat: Math.floor(now / 1000) },
        ...(accessToken === undefined ? {} : { ath: await sha256(accessToken) }),
        ...(nonce === undefined ? {} : { nonce }),
        ...claims,
      }
      return new SignJWT(payload)
        .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: publicJwk, ...header })
        .sign(privateKey)
    },
  }
}
