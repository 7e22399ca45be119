/** JWT signatures with nothing around them; keys are made at the first request and kept by the isolate. */
import { base64url, randomText, utf8 } from './encode.ts'

const parameters = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  RS256: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
} as const
export type SignatureAlgorithm = keyof typeof parameters

const keys = new Map<SignatureAlgorithm, Promise<CryptoKey>>()

async function makeKey(alg: SignatureAlgorithm): Promise<CryptoKey> {
  const pair = (await crypto.subtle.generateKey(parameters[alg], false, ['sign', 'verify'])) as CryptoKeyPair
  return pair.privateKey
}

function keyFor(alg: SignatureAlgorithm): Promise<CryptoKey> {
  const key = keys.get(alg) ?? makeKey(alg)
  keys.set(alg, key)
  return key
}

async function sign(alg: SignatureAlgorithm, typ: string, claims: object): Promise<string> {
  const key = await keyFor(alg)
  const header = base64url(utf8(JSON.stringify({ alg, typ, kid: 'bench' })))
  const input = `${header}.${base64url(utf8(JSON.stringify(claims)))}`
  return `${input}.${base64url(await crypto.subtle.sign(parameters[alg], key, utf8(input)))}`
}

const issuer = 'http://localhost:22001'
const lifetimeSeconds = 600

/** An ES256 access token with the claims of RFC 9068 that Authly writes. @param person how they signed in, if anybody */
export function accessToken(
  subject: string,
  clientId: string,
  scope: string,
  person: object = {},
): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000)
  return sign('ES256', 'at+jwt', {
    ...{ iss: issuer, sub: subject, aud: issuer, client_id: clientId, scope },
    ...{ jti: randomText(), iat, exp: iat + lifetimeSeconds, ...person },
  })
}

/** An ID token bound to `token` by `at_hash` (OpenID Connect Core §3.1.3.6). */
export async function idToken(
  alg: SignatureAlgorithm,
  subject: string,
  clientId: string,
  token: string,
): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(token)))
  return sign(alg, 'JWT', {
    ...{ iss: issuer, sub: subject, aud: clientId, azp: clientId, at_hash: base64url(hash.slice(0, 16)) },
    ...{ iat, exp: iat + lifetimeSeconds, auth_time: iat, nonce: 'n-0S6_WzA2Mj', acr: 'urn:authly:acr:pwd' },
    ...{ amr: ['pwd'], sid: randomText() },
  })
}
