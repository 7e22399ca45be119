/** Requests whose sender signs: with DPoP, and with private_key_jwt. Each may be sent once, within a minute. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import type { HttpRequest } from '../target.ts'
import { formPost } from './requests.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
const publicJwk = { kty, crv, x, y }
const kid = 'bench'

/** What a client registers that authenticates with this key. */
export const benchJwks = { keys: [{ ...publicJwk, kid, alg: 'ES256', use: 'sig' }] }

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function signed(header: object, claims: object): string {
  const input = `${encode({ alg: 'ES256', ...header })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

const seconds = (): number => Math.floor(Date.now() / 1000)

/** A DPoP proof for a post to `url`. */
export const dpopProof = (url: string): string =>
  signed({ typ: 'dpop+jwt', jwk: publicJwk }, { jti: randomUUID(), htm: 'POST', htu: url, iat: seconds() })

/** What a client adds to a form that it signs for. */
export function assertion(clientId: string, issuer: string): Readonly<Record<string, string>> {
  const iat = seconds()
  const claims = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat, exp: iat + 300 }
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signed({ kid }, claims),
  }
}

export interface ProvenClient {
  /** Of the token endpoint. */
  readonly path: string
  readonly issuer: string
  readonly clientId: string
  readonly secret: string
  readonly scope: string
}

export const withDpop = (
  { path, issuer, clientId, secret, scope }: ProvenClient,
  wanted: number,
): readonly HttpRequest[] => {
  const fields = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope }
  const post = formPost(path, fields)
  return Array.from({ length: wanted }, () => ({
    ...post,
    headers: { ...post.headers, DPoP: dpopProof(`${issuer}${path}`) },
  }))
}

/** Without a secret: the assertion is the client's proof. */
export const withAssertion = (
  { path, issuer, clientId, scope }: ProvenClient,
  wanted: number,
): readonly HttpRequest[] =>
  Array.from({ length: wanted }, () =>
    formPost(path, { grant_type: 'client_credentials', scope, ...assertion(clientId, issuer) }),
  )
