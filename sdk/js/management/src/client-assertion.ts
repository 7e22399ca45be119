import { randomToken, toBase64url, utf8 } from '@authly-server/core'

/** A private key of the client, as a JWK (RFC 7517) with `alg` where `kty` and `crv` do not say it. */
export type PrivateJwk = JsonWebKey & { readonly kid?: string }

type Algorithm = {
  readonly import: AlgorithmIdentifier | RsaHashedImportParams | EcKeyImportParams
  readonly sign: AlgorithmIdentifier | RsaPssParams | EcdsaParams
}

const ecdsa = (namedCurve: string, hash: string): Algorithm => ({
  import: { name: 'ECDSA', namedCurve },
  sign: { name: 'ECDSA', hash },
})
const rsa = (name: string): Algorithm => ({
  import: { name, hash: 'SHA-256' },
  sign: name === 'RSA-PSS' ? { name, saltLength: 32 } : { name },
})

/** RFC 7518 §3.1, RFC 8037. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  ES256: ecdsa('P-256', 'SHA-256'),
  ES384: ecdsa('P-384', 'SHA-384'),
  RS256: rsa('RSASSA-PKCS1-v1_5'),
  PS256: rsa('RSA-PSS'),
  EdDSA: { import: { name: 'Ed25519' }, sign: { name: 'Ed25519' } },
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const lifetimeSeconds = 60

/**
 * Authenticates a client by `private_key_jwt` (RFC 7523 §2.2, OpenID Connect Core §9): a new assertion for each request,
 * because the server takes each once.
 */
export function clientAssertion(
  issuer: string,
  clientId: string,
  jwk: PrivateJwk,
): () => Promise<Readonly<Record<string, string>>> {
  const alg = algorithmOf(jwk)
  const algorithm = algorithms[alg]
  if (!algorithm) throw new TypeError(`keys for ${alg} are not supported`)
  // Without the members that say what it may be used for: they are about the public key too.
  const { use: _use, key_ops: _ops, ...bare } = jwk
  let key: Promise<CryptoKey> | undefined
  return async () => {
    key ??= crypto.subtle.importKey('jwk', bare, algorithm.import, false, ['sign'])
    const now = Math.floor(Date.now() / 1000)
    const header = { alg, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) }
    const claims = {
      ...{ iss: clientId, sub: clientId, aud: issuer, jti: randomToken() },
      ...{ iat: now, exp: now + lifetimeSeconds },
    }
    const signed = [header, claims].map((part) => toBase64url(utf8(JSON.stringify(part)))).join('.')
    const signature = await crypto.subtle.sign(algorithm.sign, await key, utf8(signed))
    return {
      client_assertion_type: assertionType,
      client_assertion: `${signed}.${toBase64url(new Uint8Array(signature))}`,
    }
  }
}

function algorithmOf({ alg, kty, crv }: PrivateJwk): string {
  if (alg !== undefined) return alg === 'Ed25519' ? 'EdDSA' : alg
  if (kty === 'OKP') return 'EdDSA'
  if (kty === 'EC') return crv === 'P-384' ? 'ES384' : 'ES256'
  return 'PS256'
}
