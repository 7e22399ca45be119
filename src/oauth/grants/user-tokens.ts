/** The tokens of a user's grant, as returned by both `authorization_code` and `refresh_token`. */
import type { Client } from '../../clients/client.ts'
import type { Encrypt } from '../../clients/encryption.ts'
import type { Grant } from '../../sessions/grant.ts'
import { accessTokenTtlSeconds, issueAccessToken } from '../../tokens/access-token.ts'
import { issueIdToken } from '../../tokens/id-token.ts'
import { scopesFor } from '../resource.ts'
import type { Sender } from '../sender-constraints/prove-sender.ts'
import type { GrantNeeds, TokenResponse } from './define-grant.ts'

export interface UserTokensInput {
  readonly client: Client
  readonly grant: Grant
  /** Scopes and resources of this access token, within those of the grant. */
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  readonly jti: string
  /** Seconds since the Unix epoch. */
  readonly iat: number
  readonly refresh_token: string | undefined
  readonly sender: Sender
  /** For clients whose ID tokens are encrypted. */
  readonly encrypt: Encrypt | undefined
}

/** Signs the access token and, with `openid`, the ID token. */
export async function issueUserTokens(needs: GrantNeeds, input: UserTokensInput): Promise<TokenResponse> {
  const { client, grant, iat, encrypt } = input
  // Attack: an application that has lost a scope, perhaps of the admin API, keeps it by refreshing.
  const registered = input.scopes.filter((scope) => client.scopes.includes(scope))
  // Attack: the API a token is meant for uses the token at the admin API. Older grants may contain both.
  const scopes = scopesFor(input.resources, registered)
  const accessToken = await issueAccessToken(needs, {
    client,
    sub: grant.sub,
    jti: input.jti,
    scopes,
    resources: input.resources,
    iat,
    cnf: input.sender.cnf,
    authentication: { auth_time: Math.floor(grant.auth_time / 1000), acr: grant.acr, amr: grant.amr },
  })
  return {
    access_token: accessToken,
    token_type: input.sender.token_type,
    expires_in: accessTokenTtlSeconds(needs.config, client),
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    ...(input.refresh_token === undefined ? {} : { refresh_token: input.refresh_token }),
    ...(scopes.includes('openid')
      ? { id_token: await issueIdToken(needs, { client, grant, scopes, accessToken, iat, encrypt }) }
      : {}),
  }
}

/** Lifetimes of the client's refresh tokens. */
export const refreshPolicyOf = (config: GrantNeeds['config'], client: Client) => ({
  idle_ttl_seconds: client.refresh_token_idle_ttl_seconds ?? config.refreshTokenIdleTtlSeconds,
  absolute_ttl_seconds: client.refresh_token_absolute_ttl_seconds ?? config.refreshTokenAbsoluteTtlSeconds,
  replay_grace_seconds: config.refreshReplayGraceSeconds,
})
