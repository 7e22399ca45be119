/** Access tokens: JWTs according to RFC 9068. */
import type { Client } from '../clients/client.ts'
import { responseSigningAlg } from '../clients/response-signing-alg.ts'
import type { Config } from '../config.ts'
import type { SignJwt } from '../keys/keyring.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { AuthorizationDetail } from '../protocol/authorization-details.ts'
import type { Confirmation } from '../protocol/token-confirmation.ts'
import { grantReference } from './grant-reference.ts'

export interface AccessTokenNeeds {
  readonly config: Pick<Config, 'issuer' | 'accessTokenTtlSeconds'>
  readonly root: RootSecret
  readonly signJwt: SignJwt
}

export interface AccessTokenInput {
  readonly client: Client
  readonly sub: string
  readonly jti: string
  /** Where it is valid: resources (RFC 8707), and this server by its issuer. At least one. */
  readonly audience: readonly string[]
  readonly scopes: readonly string[]
  /** RFC 9396 §9.1. */
  readonly authorization_details?: readonly AuthorizationDetail[]
  /** The key that whoever uses it must prove to have. */
  readonly cnf?: Confirmation | undefined
  /** Seconds since the Unix epoch. */
  readonly iat: number
  /** For tokens of a user: which grant, and when and how they signed in (RFC 9068 §2.2.1). */
  readonly grant?: {
    readonly grant_id: string
    /** Milliseconds since the Unix epoch. */
    readonly auth_time: number
    readonly acr: string
    readonly amr: readonly string[]
  }
}

/** Media type in the `typ` header: prevents ID tokens and access tokens from being confused. */
export const accessTokenType = 'at+jwt'

/** Lifetime of the client's access tokens in seconds. */
export const accessTokenTtlSeconds = (
  config: Pick<Config, 'accessTokenTtlSeconds'>,
  client: Client,
): number => client.access_token_ttl_seconds ?? config.accessTokenTtlSeconds

/** Signs an access token. */
export async function issueAccessToken(needs: AccessTokenNeeds, input: AccessTokenInput): Promise<string> {
  const { client, iat, audience, grant } = input
  const ofGrant = grant && {
    grant_ref: oneOrMany(
      await Promise.all(audience.map((each) => grantReference(needs.root, each, grant.grant_id))),
    ),
    auth_time: Math.floor(grant.auth_time / 1000),
    acr: grant.acr,
    amr: [...grant.amr],
  }
  const alg = responseSigningAlg(client, client.access_token_signed_response_alg)
  return needs.signJwt(alg, accessTokenType, {
    iss: needs.config.issuer,
    sub: input.sub,
    aud: oneOrMany(audience),
    client_id: client.client_id,
    jti: input.jti,
    iat,
    exp: iat + accessTokenTtlSeconds(needs.config, client),
    ...(input.scopes.length > 0 ? { scope: input.scopes.join(' ') } : {}),
    ...(input.authorization_details?.length ? { authorization_details: input.authorization_details } : {}),
    ...(input.cnf === undefined ? {} : { cnf: input.cnf }),
    ...ofGrant,
  })
}

/** RFC 7519 §4.1.3: a single value is a string. `grant_ref` has the form of `aud`, and its order. */
const oneOrMany = (values: readonly string[]): string | string[] =>
  values.length === 1 ? (values[0] as string) : [...values]
