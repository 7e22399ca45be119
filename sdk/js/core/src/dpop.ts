import { toBase64url, utf8 } from './base64url.ts'
import { randomToken, sha256 } from './pkce.ts'

/** A key pair whose private half no script can read, so that what is stolen is of use in this browser only. */
export interface DpopKey {
  readonly privateKey: CryptoKey
  /** The public key as the members that RFC 7638 §3.2 counts. */
  readonly publicJwk: DpopPublicJwk
  /** RFC 7638, the `jkt` of tokens. */
  readonly thumbprint: string
}

export interface DpopPublicJwk {
  readonly crv: string
  readonly kty: string
  readonly x: string
  readonly y: string
}

/** A new P-256 key, not extractable. */
export async function createDpopKey(): Promise<DpopKey> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const { crv = '', kty = '', x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const publicJwk = { crv, kty, x, y }
  return { privateKey: pair.privateKey, publicJwk, thumbprint: await sha256(JSON.stringify(publicJwk)) }
}

export interface DpopProofInput {
  readonly method: string
  readonly url: string
  readonly accessToken?: string | undefined
  readonly nonce?: string | undefined
  /** Seconds to add to this machine's clock. */
  readonly clockOffsetSeconds?: number
}

/** A proof for one request (RFC 9449 §4.2). */
export async function dpopProof(key: DpopKey, input: DpopProofInput): Promise<string> {
  const { origin, pathname } = new URL(input.url)
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk }
  const claims = {
    jti: randomToken(),
    htm: input.method,
    // Without query and fragment (§4.2).
    htu: origin + pathname,
    iat: Math.floor(Date.now() / 1000) + (input.clockOffsetSeconds ?? 0),
    ...(input.accessToken === undefined ? {} : { ath: await sha256(input.accessToken) }),
    ...(input.nonce === undefined ? {} : { nonce: input.nonce }),
  }
  const signed = [header, claims].map((part) => toBase64url(utf8(JSON.stringify(part)))).join('.')
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, utf8(signed))
  return `${signed}.${toBase64url(new Uint8Array(signature))}`
}

/** The nonces that servers demand next, by origin (§8.2). */
export function createNonces(): {
  readonly of: (url: string) => string | undefined
  /**
   * @param used that of the request's proof. Several requests at once are refused with the same nonce, which each of
   * them has to use
   * @returns whether a repetition would have another one
   */
  readonly learn: (url: string, response: Pick<Response, 'headers'>, used: string | undefined) => boolean
} {
  const nonces = new Map<string, string>()
  return {
    of: (url) => nonces.get(new URL(url).origin),
    learn: (url, response, used) => {
      const nonce = response.headers.get('dpop-nonce')
      if (nonce === null) return false
      nonces.set(new URL(url).origin, nonce)
      return nonce !== used
    },
  }
}
export type Nonces = ReturnType<typeof createNonces>
