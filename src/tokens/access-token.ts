/** Access tokens: JWTs according to RFC 9068. */
import type { Client } from '../clients/client.ts'
import { responseSigningAlg } from '../clients/response-signing-alg.ts'
import type { Config } from '../config.ts'
import type { SignJwt } from '../keys/keyring.ts'

export interface AccessTokenNeeds {
  readonly config: Pick<Config, 'issuer' | 'accessTokenTtlSeconds'>
  readonly signJwt: SignJwt
}

export interface AccessTokenInput {
  readonly client: Client
  readonly sub: string
  readonly jti: string
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  /** Seconds since the Unix epoch. */
  readonly iat: number
  /** For tokens of a user: when and how they signed in (RFC 9068 §2.2.1). */
  readonly authentication?: {
    /** Seconds since the Unix epoch. */
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

/** Signs an access token. Without a resource its audience is this server: userinfo and account APIs. */
export function issueAccessToken(needs: AccessTokenNeeds, input: AccessTokenInput): Promise<string> {
  const { client, iat } = input
  const alg = responseSigningAlg(client, client.access_token_signed_response_alg)
  return needs.signJwt(alg, accessTokenType, {
    iss: needs.config.issuer,
    sub: input.sub,
    aud: audience(needs.config.issuer, input.resources, input.scopes),
    client_id: client.client_id,
    jti: input.jti,
    iat,
    exp: iat + accessTokenTtlSeconds(needs.config, client),
    ...(input.scopes.length > 0 ? { scope: input.scopes.join(' ') } : {}),
    ...input.authentication,
  })
}

/** The requested resources (RFC 8707 §2); with `openid` the token is valid at userinfo too. */
function audience(
  issuer: string,
  resources: readonly string[],
  scopes: readonly string[],
): string | string[] {
  if (resources.length === 0) return issuer
  const all = [...new Set(scopes.includes('openid') ? [...resources, issuer] : resources)]
  return all.length === 1 ? (all[0] as string) : all
}
