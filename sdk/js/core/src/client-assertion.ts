import { toBase64url, utf8 } from './base64url.ts'
import { randomToken } from './pkce.ts'

/** The key of a client that authenticates by `private_key_jwt`. */
export interface ClientKey {
  /** A private JWK, PKCS #8 in PEM, or an imported key. */
  readonly key: JsonWebKey | string | CryptoKey
  /** As registered: ES256, RS256, PS256, EdDSA … */
  readonly alg: string
  /** As in the client's published keys. */
  readonly kid?: string | undefined
}

const lifetimeSeconds = 60
const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

/** What WebCrypto imports and signs with (RFC 7518 §3.1, RFC 8037). */
function algorithmOf(alg: string) {
  if (alg === 'EdDSA' || alg === 'Ed25519') return { name: 'Ed25519' }
  const [, kind, bits] = /^([REP]S)(256|384|512)$/.exec(alg) ?? []
  const hash = `SHA-${bits}`
  if (kind === 'ES') return { name: 'ECDSA', namedCurve: curves[alg], hash }
  if (kind === 'RS') return { name: 'RSASSA-PKCS1-v1_5', hash }
  if (kind === 'PS') return { name: 'RSA-PSS', hash, saltLength: Number(bits) / 8 }
  throw new TypeError(`keys for ${alg} are not supported`)
}

type Algorithm = ReturnType<typeof algorithmOf>

/**
 * Authenticates a client by `private_key_jwt` (RFC 7523 §2.2, OpenID Connect Core §9): a new assertion for each request,
 * because the server takes each once. Its audience is the issuer alone: an assertion for one server is worth nothing at
 * another.
 * @returns parameters for a request to the server
 */
export function clientAssertion(
  issuer: string,
  clientId: string,
  { key: given, alg, kid }: ClientKey,
): () => Promise<Readonly<Record<string, string>>> {
  const algorithm = algorithmOf(alg)
  let key: Promise<CryptoKey> | undefined
  return async () => {
    key ??= importKey(given, algorithm)
    const now = Math.floor(Date.now() / 1000)
    const header = { alg, ...(kid === undefined ? {} : { kid }) }
    const claims = {
      ...{ iss: clientId, sub: clientId, aud: issuer, jti: randomToken() },
      ...{ iat: now, exp: now + lifetimeSeconds },
    }
    const signed = [header, claims].map((part) => toBase64url(utf8(JSON.stringify(part)))).join('.')
    const signature = await crypto.subtle.sign(algorithm, await key, utf8(signed))
    return {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${signed}.${toBase64url(new Uint8Array(signature))}`,
    }
  }
}

async function importKey(given: ClientKey['key'], algorithm: Algorithm): Promise<CryptoKey> {
  const key = given instanceof CryptoKey ? given : await importPrivate(given, algorithm)
  const { modulusLength = 2048 } = key.algorithm as RsaHashedKeyAlgorithm
  // RFC 7518 §3.3, §3.5.
  if (modulusLength < 2048) throw new TypeError('an RSA key needs 2048 bits')
  return key
}

async function importPrivate(given: JsonWebKey | string, algorithm: Algorithm): Promise<CryptoKey> {
  if (typeof given === 'string') {
    const [, text] = /-----BEGIN PRIVATE KEY-----([^-]+)/.exec(given) ?? []
    if (text === undefined) throw new TypeError('a key as text must be PKCS #8 in PEM')
    const bytes = Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (char) => char.charCodeAt(0))
    return crypto.subtle.importKey('pkcs8', bytes, algorithm as EcKeyImportParams, false, ['sign'])
  }
  // Without the members that say what it may be used for: they are about the public key too.
  const { use: _use, key_ops: _ops, alg: _alg, ...bare } = given
  return crypto.subtle.importKey('jwk', bare, algorithm as EcKeyImportParams, false, ['sign'])
}
