/**
 * `private_key_jwt` (OpenID Connect Core §9, RFC 7523): the client signs a short-lived assertion. The allowed
 * algorithms are asymmetric only and must match the key, against `alg: none` and against an HMAC made with the
 * public key. `jti` is single-use, against replay of a stolen assertion.
 */
import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import type { Client } from '../../clients/client.ts'
import { assertionSigningAlgs } from '../../protocol/client-auth-methods.ts'
import { clientSingleUse } from '../../sessions/single-use.ts'
import type { ClientAuthenticator, ClientAuthNeeds } from './define-method.ts'

/** Assertions with a longer lifetime are refused: their `jti` would have to be stored as long. */
const maxLifetimeSeconds = 3600
const clockToleranceSeconds = 10
/** How far a client's clock may be ahead; an assertion dated further into the future was made in advance. */
const maxIssuedAheadSeconds = 60
const maxJtiLength = 256

export const privateKeyJwt: ClientAuthenticator = {
  method: 'private_key_jwt',
  async verify(needs, client, proof) {
    const payload = await verifySignature(needs, client, proof)
    if (typeof payload === 'string') return payload
    const { jti, exp, iat } = payload
    const now = needs.now()
    if (typeof jti !== 'string' || jti === '' || jti.length > maxJtiLength) return 'jti missing or too long'
    if (exp === undefined || exp * 1000 > now + maxLifetimeSeconds * 1000) return 'lives too long'
    if (iat !== undefined && iat * 1000 > now + maxIssuedAheadSeconds * 1000) return 'issued in the future'
    const unused = await needs.spendOnce(
      clientSingleUse(client.client_id),
      jti,
      (exp + clockToleranceSeconds) * 1000,
    )
    return unused ? undefined : 'jti was used before'
  },
}

/**
 * At the pushed authorization request endpoint any of the three counts (RFC 9126 §2). A client that uses the aliases of
 * endpoints may name these (RFC 8705 §5).
 */
const audiencesOf = ({ issuer, mtls }: ClientAuthNeeds['config']): string[] => [
  issuer,
  ...[issuer, ...(mtls ? [mtls.origin] : [])].flatMap((origin) =>
    ['token', 'par'].map((path) => `${origin}/oauth/${path}`),
  ),
]

async function verifySignature(
  needs: ClientAuthNeeds,
  client: Client,
  assertion: string,
): Promise<JWTPayload | string> {
  const algorithms = client.token_endpoint_auth_signing_alg
    ? [client.token_endpoint_auth_signing_alg]
    : [...assertionSigningAlgs]
  for (const stale of [false, true]) {
    const jwks = await needs.fetchClientJwks(client, { stale })
    if (!jwks) return 'client keys cannot be fetched'
    try {
      const { payload } = await jwtVerify(assertion, createLocalJWKSet(jwks), {
        algorithms,
        issuer: client.client_id,
        subject: client.client_id,
        audience: audiencesOf(needs.config),
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(needs.now()),
        requiredClaims: ['exp', 'jti'],
      })
      return payload
    } catch (error) {
      const keyMayBeNew = error instanceof errors.JWKSNoMatchingKey && client.jwks_uri !== undefined
      if (!keyMayBeNew || stale)
        return error instanceof errors.JOSEError ? error.code : 'assertion is malformed'
    }
  }
  return 'no key fits'
}
