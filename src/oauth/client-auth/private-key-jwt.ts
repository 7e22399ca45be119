/**
 * `private_key_jwt` (OpenID Connect Core §9, RFC 7523): the client signs a short-lived assertion. The allowed
 * algorithms are asymmetric only and must match the key, against `alg: none` and against an HMAC made with the
 * public key. `jti` is single-use, against replay of a stolen assertion.
 */
import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { Client } from '../../clients/client.ts'
import { acceptedSigningAlgs, verifyWithClientKeys } from '../../clients/verify-with-client-keys.ts'
import { isOfType } from '../../protocol/jwt-type.ts'
import { clientSingleUse } from '../../sessions/single-use.ts'
import type { ClientAuthenticator, ClientAuthNeeds } from './define-method.ts'

/** Assertions with a longer lifetime are refused: their `jti` would have to be stored as long. */
const maxLifetimeSeconds = 3600
const clockToleranceSeconds = 10
/** How far a client's clock may be ahead; an assertion dated further into the future was made in advance. */
const maxIssuedAheadSeconds = 60
const maxJtiLength = 256
/** Most libraries write `JWT` or nothing; RFC 7523bis has a type of its own. */
const acceptedTypes: ReadonlySet<string> = new Set(['jwt', 'client-authentication+jwt'])

export const privateKeyJwt: ClientAuthenticator = {
  method: 'private_key_jwt',
  async verify(needs, client, proof, request) {
    const payload = await verifySignature(needs, client, proof, request.url)
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
 * Every name by which a client may mean this server (RFC 7523 §3). RFC 9126 §2: at the endpoint of pushed requests any
 * of the first three. Libraries name the endpoint they call, at introspection and revocation too. RFC 8705 §5: a client
 * that uses aliases may name those.
 */
const audiencesOf = ({ issuer, mtls }: ClientAuthNeeds['config'], called: string): string[] => [
  issuer,
  ...[issuer, ...(mtls ? [mtls.origin] : [])].flatMap((origin) =>
    ['/oauth/token', '/oauth/par', new URL(called).pathname].map((path) => `${origin}${path}`),
  ),
]

async function verifySignature(
  needs: ClientAuthNeeds,
  client: Client,
  assertion: string,
  called: string,
): Promise<JWTPayload | string> {
  const algorithms = acceptedSigningAlgs(client, client.token_endpoint_auth_signing_alg)
  if (algorithms.length === 0) return 'the registered algorithm is not one of the profile'
  const { issuer } = needs.config
  const forIssuerAlone = client.rules.assertion_audience === 'issuer'
  const options = {
    algorithms,
    issuer: client.client_id,
    subject: client.client_id,
    audience: forIssuerAlone ? issuer : audiencesOf(needs.config, called),
    clockTolerance: clockToleranceSeconds,
    currentDate: new Date(needs.now()),
    requiredClaims: ['exp', 'jti'],
  }
  try {
    const verified = await verifyWithClientKeys(needs, client, (key) => jwtVerify(assertion, key, options))
    if (!verified) return 'client keys cannot be fetched'
    // Attack: a request object that names its client in `sub` passes for an assertion (RFC 8725 §3.11, RFC 9101 §10.8).
    const { typ } = verified.protectedHeader
    if (typ !== undefined && !isOfType(typ, acceptedTypes)) return 'it is a JWT of another type'
    // Attack: an assertion made for several servers, which another one of them presents here.
    return forIssuerAlone && typeof verified.payload.aud !== 'string'
      ? 'aud is not one string'
      : verified.payload
  } catch (error) {
    return error instanceof errors.JOSEError ? error.code : 'assertion is malformed'
  }
}
