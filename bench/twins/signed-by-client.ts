/** How a client proves that it is who it says: a secret, an assertion, a DPoP proof; no more than what cannot be left out. */
import { base64url, fromBase64url, utf8 } from './encode.ts'

/** base64url(SHA-256('twin-secret')), the way a server would have it stored. */
const secretHash = utf8('mBSmaI-Meg7s88j7_UEn91shEcDEcgBjGc2_zbKvXn0')
const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const decoder = new TextDecoder()

export const hashOf = async (text: string): Promise<string> =>
  base64url(await crypto.subtle.digest('SHA-256', utf8(text)))

export const isSecret = async (secret: string): Promise<boolean> =>
  crypto.subtle.timingSafeEqual(utf8(await hashOf(secret)), secretHash)

interface Jws {
  readonly header: { readonly jwk?: JsonWebKey }
  readonly claims: { readonly jti: string; readonly sub?: string }
  readonly input: string
  readonly signature: Uint8Array<ArrayBuffer>
}

function parse(jws: string): Jws {
  const [header = '', claims = '', signature = ''] = jws.split('.')
  return {
    header: JSON.parse(decoder.decode(fromBase64url(header))),
    claims: JSON.parse(decoder.decode(fromBase64url(claims))),
    input: `${header}.${claims}`,
    signature: fromBase64url(signature),
  }
}

async function isSignedBy(jwk: JsonWebKey, { input, signature }: Jws): Promise<boolean> {
  const key = await crypto.subtle.importKey('jwk', jwk, curve, false, ['verify'])
  return crypto.subtle.verify(curve, key, signature, utf8(input))
}

export interface Assertion {
  readonly clientId: string
  /** What may be used once. */
  readonly id: string
}

/** @returns what an assertion says that is signed by `jwk` */
export async function openAssertion(assertion: string, jwk: JsonWebKey): Promise<Assertion | undefined> {
  const jws = parse(assertion)
  if (!(await isSignedBy(jwk, jws))) return undefined
  return { clientId: jws.claims.sub ?? '', id: await hashOf(jws.claims.jti) }
}

export interface Proof {
  /** RFC 7638 thumbprint. */
  readonly jkt: string
  /** What may be used once. */
  readonly id: string
}

/** @returns what a DPoP proof says that is signed by the key in it */
export async function openProof(proof: string): Promise<Proof | undefined> {
  const jws = parse(proof)
  const { crv, kty, x, y } = jws.header.jwk ?? {}
  const jkt = await hashOf(JSON.stringify({ crv, kty, x, y }))
  const isSigned = await isSignedBy({ crv, kty, x, y } as JsonWebKey, jws)
  return isSigned ? { jkt, id: await hashOf(jws.claims.jti) } : undefined
}
