/** The tokens of a user's grant, as returned by both `authorization_code` and `refresh_token`. */
import type { Client } from '../../clients/client.ts'
import type { Encrypt } from '../../clients/encryption.ts'
import type { AuthorizationDetail } from '../../protocol/authorization-details.ts'
import type { LoadScopeCatalog, ScopeCatalog } from '../../scopes/scope.ts'
import type { Grant } from '../../sessions/grant.ts'
import { accessTokenTtlSeconds, issueAccessToken } from '../../tokens/access-token.ts'
import { issueIdToken } from '../../tokens/id-token.ts'
import { detailsFor } from '../asked-details.ts'
import { asksForApis, audienceOf, scopesFor, stillRegistered } from '../resource.ts'
import type { Sender } from '../sender-constraints/prove-sender.ts'
import type { GrantNeeds, GrantRequest, TokenResponse } from './define-grant.ts'

export interface UserTokensInput {
  readonly client: Client
  readonly grant: Grant
  /** What was asked for this time, within those of the grant. */
  readonly scopes: readonly string[]
  /** Resources named at the token endpoint, within those of the grant. */
  readonly named: readonly string[]
  /** Authorization details named there, within those of the grant. */
  readonly named_details: readonly AuthorizationDetail[]
  /** As `catalogFor` returned it. */
  readonly catalog: ScopeCatalog | undefined
  readonly jti: string
  /** Seconds since the Unix epoch. */
  readonly iat: number
  readonly refresh_token: string | undefined
  /** For clients whose ID tokens are encrypted. */
  readonly encrypt: Encrypt | undefined
  readonly sender: Sender
}

/** The scope catalog, if the client could have asked for an API: its scopes are told apart by it. */
export const catalogFor = async (
  loadScopeCatalog: LoadScopeCatalog,
  { client, form }: GrantRequest,
): Promise<ScopeCatalog | undefined> => (asksForApis(client, form) ? loadScopeCatalog() : undefined)

/** Signs the access token and, with `openid`, the ID token. */
export async function issueUserTokens(needs: GrantNeeds, input: UserTokensInput): Promise<TokenResponse> {
  const { client, grant, iat, encrypt } = input
  const { issuer } = needs.config
  // Attack: an application that has lost a scope, perhaps of the admin API, keeps it by refreshing.
  const registered = input.scopes.filter((scope) => client.scopes.includes(scope))
  const granted = stillRegistered(client, issuer, grant.resources)
  const audience = audienceOf(issuer, input.named, granted, registered)
  // Attack: the API a token is meant for uses the token at the admin API. Older grants may contain both.
  const asked = input.named.length + granted.length > 0
  const scopes = scopesFor(issuer, audience, registered, asked ? input.catalog : undefined)
  const authorization_details = detailsFor(grant.authorization_details ?? [], input.named_details, {
    ...{ client, audience, catalog: input.catalog },
  })
  const accessToken = await issueAccessToken(needs, {
    client,
    sub: grant.sub,
    jti: input.jti,
    audience,
    scopes,
    authorization_details,
    iat,
    grant,
    cnf: input.sender.cnf,
  })
  return {
    access_token: accessToken,
    token_type: input.sender.token_type,
    expires_in: accessTokenTtlSeconds(needs.config, client),
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    ...(authorization_details.length > 0 ? { authorization_details } : {}),
    ...(input.refresh_token === undefined ? {} : { refresh_token: input.refresh_token }),
    ...(registered.includes('openid')
      ? {
          id_token: await issueIdToken(needs, {
            client,
            grant,
            scopes: registered,
            accessToken,
            iat,
            encrypt,
          }),
        }
      : {}),
  }
}

/** Lifetimes of the client's refresh tokens. */
export const refreshPolicyOf = (config: GrantNeeds['config'], client: Client) => ({
  idle_ttl_seconds: client.refresh_token_idle_ttl_seconds ?? config.refreshTokenIdleTtlSeconds,
  absolute_ttl_seconds: client.refresh_token_absolute_ttl_seconds ?? config.refreshTokenAbsoluteTtlSeconds,
  replay_grace_seconds: config.refreshReplayGraceSeconds,
})
