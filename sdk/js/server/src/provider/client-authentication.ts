import { basicCredentials, randomToken } from '@authly-server/core'
import { importJWK, importPKCS8, type JWK, SignJWT } from 'jose'

/** The key of a client that authenticates by `private_key_jwt`. */
export interface ClientKey {
  /** A private JWK, PKCS #8 in PEM, or an imported key. */
  readonly key: JWK | string | CryptoKey
  /** As registered: ES256, RS256, PS256, EdDSA … */
  readonly alg: string
  /** As in the client's published keys. */
  readonly kid?: string
}

/** What a request to the server carries, so that it knows this client. */
export interface ClientAuthentication {
  /** For the token endpoint's own way of sending it. */
  readonly clientSecret: string | undefined
  readonly parameters: () => Promise<Readonly<Record<string, string>>>
  readonly headers: Readonly<Record<string, string>>
}

export function clientAuthentication(client: {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly clientKey: ClientKey | undefined
}): ClientAuthentication {
  const { issuer, clientId, clientSecret, clientKey } = client
  if (clientKey) {
    let key: Promise<CryptoKey | Uint8Array> | undefined
    return {
      clientSecret: undefined,
      headers: {},
      parameters: async () => {
        key ??= importKey(clientKey)
        return {
          client_id: clientId,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await sign(await key, clientKey, issuer, clientId),
        }
      },
    }
  }
  return {
    clientSecret,
    headers: clientSecret ? { authorization: basicCredentials(clientId, clientSecret) } : {},
    parameters: async () => ({}),
  }
}

const importKey = async ({ key, alg }: ClientKey): Promise<CryptoKey | Uint8Array> => {
  if (typeof key === 'string') return importPKCS8(key, alg)
  return key instanceof CryptoKey ? key : importJWK(key, alg)
}

/** RFC 7523 §3. Its audience is the issuer alone: an assertion for one server is worth nothing at another. */
const sign = (key: CryptoKey | Uint8Array, { alg, kid }: ClientKey, issuer: string, clientId: string) =>
  new SignJWT()
    .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(randomToken())
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(key)
