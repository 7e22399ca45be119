import {
  AuthlyError,
  checkIdTokenClaims,
  type Fetch,
  type IdTokenClaims,
  type IdTokenExpectation,
  type ServerMetadata,
  send,
} from '@authly-server/core'
import { createRemoteJWKSet, customFetch, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'

/** Never `none`, and no HMAC: with one, our public keys would be secrets that everybody knows (RFC 8725 §3.1). */
const asymmetric = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'Ed25519']

export interface TokenVerifier {
  /** @throws AuthlyError `invalid_id_token` */
  readonly idToken: (
    token: string,
    metadata: ServerMetadata,
    expected: Omit<IdTokenExpectation, 'issuer'>,
  ) => Promise<IdTokenClaims>
  /**
   * Signature, and what `options` ask for.
   * @throws AuthlyError `network_error` when the keys cannot be read, which is not the token's fault; else of jose
   */
  readonly signed: (token: string, metadata: ServerMetadata, options: JWTVerifyOptions) => Promise<JWTPayload>
}

/** Verifies what the server signs. Its keys are kept, and read again when a token names one that is not known. */
export function createTokenVerifier(fetch: Fetch): TokenVerifier {
  const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>()
  const keysOf = ({ jwks_uri }: ServerMetadata) => {
    const known = keySets.get(jwks_uri)
    if (known) return known
    const keys = createRemoteJWKSet(new URL(jwks_uri), {
      [customFetch]: (url, init) => send(fetch, new Request(url, init as RequestInit)),
    })
    keySets.clear()
    keySets.set(jwks_uri, keys)
    return keys
  }
  const signed: TokenVerifier['signed'] = async (token, metadata, options) => {
    const { id_token_signing_alg_values_supported: announced = asymmetric } = metadata
    const algorithms = asymmetric.filter((alg) => announced.includes(alg))
    try {
      return (await jwtVerify(token, keysOf(metadata), { algorithms, ...options })).payload
    } catch (cause) {
      throw unreadable.includes(codeOf(cause)) ? new AuthlyError('network_error') : cause
    }
  }
  return {
    signed,
    idToken: async (token, metadata, expected) => {
      const { clientId } = expected
      const { issuer } = metadata
      try {
        const options = { issuer, audience: clientId, clockTolerance: expected.toleranceSeconds ?? 60 }
        const claims = (await signed(token, metadata, options)) as unknown as IdTokenClaims
        return checkIdTokenClaims(claims, { ...expected, issuer })
      } catch (cause) {
        if (cause instanceof AuthlyError) throw cause
        // Of the error its message alone: jose puts the token's claims into some of them.
        throw new AuthlyError('invalid_id_token', { description: codeOf(cause) })
      }
    },
  }
}

/** Of jose: the keys were no keys, or late. */
const unreadable = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']

const codeOf = (cause: unknown): string => (cause as { code?: string }).code ?? 'it cannot be verified'
