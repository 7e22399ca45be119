/** ID tokens (OpenID Connect Core §2, §3.1.3.6). */
import { base64url } from 'jose'
import type { Client } from '../clients/client.ts'
import type { Encrypt } from '../clients/encryption.ts'
import { responseSigningAlg } from '../clients/response-signing-alg.ts'
import type { Config } from '../config.ts'
import type { SigningAlg } from '../keys/algorithms.ts'
import type { SignJwt } from '../keys/keyring.ts'
import type { VerifyJwt } from '../keys/verify-jwt.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { isUnavailable } from '../kit/unavailable.ts'
import { claimsByScope } from '../protocol/claims.ts'
import type { Grant } from '../sessions/grant.ts'
import { sidSessionOf } from '../sessions/participants.ts'
import type { FindUser } from '../users/user.ts'
import { selectClaims } from './select-claims.ts'
import { sessionIdFor } from './subject.ts'

export interface IdTokenNeeds {
  readonly config: Pick<Config, 'issuer' | 'idTokenTtlSeconds'>
  readonly root: RootSecret
  readonly signJwt: SignJwt
  readonly findUser: FindUser
}

/** Media type in the `typ` header of ID tokens. */
const idTokenType = 'JWT'

export interface IdTokenHint {
  readonly clientId: string
  readonly sub: string
  readonly sid: string
}

/**
 * Reads an `id_token_hint`: an ID token of ours, expired or not (OpenID Connect Core §3.1.2.1, RP-Initiated Logout
 * §2).
 *
 * Attack: a signed userinfo response is presented as an ID token. Both are plain `JWT`s for the client, because
 * common libraries refuse other types, so the claims that only ID tokens have are required: `exp`, `auth_time` and
 * `sid`.
 */
export async function readIdTokenHint(verifyJwt: VerifyJwt, token: string): Promise<IdTokenHint | undefined> {
  const payload = await verifyJwt(token, { typ: idTokenType, acceptExpired: true })
  if (!payload) return undefined
  const { aud, sub, exp } = payload
  const { sid, auth_time } = payload as { sid?: unknown; auth_time?: unknown }
  const isIdToken = typeof exp === 'number' && typeof auth_time === 'number' && typeof sid === 'string'
  return isIdToken && typeof aud === 'string' && sub !== undefined ? { clientId: aud, sub, sid } : undefined
}

export interface IdTokenInput {
  readonly client: Client
  readonly grant: Grant
  /** Granted scopes, as far as asked for this time and still registered. */
  readonly scopes: readonly string[]
  readonly accessToken: string
  /** Seconds since the Unix epoch. */
  readonly iat: number
  readonly encrypt?: Encrypt | undefined
}

/**
 * Signs the ID token of a grant, and encrypts it where the client wants that (§16.14). Claims about the user are returned by userinfo (§5.4), unless the `claims`
 * parameter requests them here, or the client is registered to get those of its scopes: only then is Postgres
 * read.
 */
export async function issueIdToken(needs: IdTokenNeeds, input: IdTokenInput): Promise<string> {
  const { client, grant, accessToken, iat, encrypt } = input
  const alg = responseSigningAlg(client, client.id_token_signed_response_alg)
  const [at_hash, sid, claims] = await Promise.all([
    accessTokenHash(alg, accessToken),
    sessionIdFor(needs.root, client.client_id, sidSessionOf(grant)),
    personalClaims(needs, input),
  ])
  const signed = await needs.signJwt(alg, idTokenType, {
    ...claims,
    iss: needs.config.issuer,
    sub: grant.sub,
    aud: client.client_id,
    azp: client.client_id,
    iat,
    exp: iat + (client.id_token_ttl_seconds ?? needs.config.idTokenTtlSeconds),
    auth_time: Math.floor(grant.auth_time / 1000),
    acr: grant.acr,
    amr: [...grant.amr],
    sid,
    at_hash,
    ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }),
  })
  return encrypt ? encrypt(signed, 'JWT') : signed
}

/**
 * Left out when Postgres is unavailable, which is allowed (§5.5.1). Failing here would be worse: the code has been
 * used, and a retry by the client would count as code reuse.
 */
async function personalClaims(
  needs: IdTokenNeeds,
  { client, grant, scopes }: IdTokenInput,
): Promise<Record<string, unknown>> {
  const ofScopes = client.scope_claims_in_id_token
    ? scopes.filter((scope) => Object.hasOwn(claimsByScope, scope))
    : []
  if (ofScopes.length + grant.claims.id_token.length === 0) return {}
  try {
    const user = await needs.findUser(grant.user_id)
    return user ? selectClaims(user, ofScopes, grant.claims.id_token) : {}
  } catch (error) {
    if (isUnavailable(error)) return {}
    throw error
  }
}

const hashes = {
  ES256: 'SHA-256',
  RS256: 'SHA-256',
  EdDSA: 'SHA-512',
  PS256: 'SHA-256',
  ES384: 'SHA-384',
} as const satisfies Record<SigningAlg, string>

/** §3.1.3.6: the left half of the hash, with the hash function of the signature algorithm; Ed25519 uses SHA-512. */
async function accessTokenHash(alg: SigningAlg, accessToken: string): Promise<string> {
  const digest = new Uint8Array(
    await crypto.subtle.digest(hashes[alg], new TextEncoder().encode(accessToken)),
  )
  return base64url.encode(digest.subarray(0, digest.length / 2))
}
