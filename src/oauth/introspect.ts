/**
 * Token introspection (RFC 7662): the content of a token and whether it is still active. One call to the object
 * that knows. Unknown, expired, revoked and foreign tokens are all reported as inactive (§2.2).
 */
import type { Client, FindClient } from '../clients/client.ts'
import type { Config } from '../config.ts'
import type { VerifyJwt } from '../keys/verify-jwt.ts'
import { type Clock, toSeconds } from '../kit/clock.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { confirmationOf, tokenTypeOf } from '../protocol/token-confirmation.ts'
import type { SessionsOf } from '../sessions/rules.ts'
import { accessTokenType } from '../tokens/access-token.ts'
import { openRefreshToken } from '../tokens/refresh-token.ts'
import { locateToken } from '../tokens/token-id.ts'

export interface IntrospectNeeds {
  readonly config: Pick<Config, 'issuer'>
  readonly root: RootSecret
  readonly now: Clock
  readonly verifyJwt: VerifyJwt
  readonly sessionsOf: SessionsOf
  readonly findClient: FindClient
}

export type Introspection = { readonly active: false } | ({ readonly active: true } & Record<string, unknown>)

const inactive: Introspection = { active: false }

/** Introspects `token` for the client `caller`. */
export async function introspect(
  needs: IntrospectNeeds,
  caller: Client,
  token: string,
): Promise<Introspection> {
  return token.startsWith('authly_rt_')
    ? introspectRefreshToken(needs, caller, token)
    : introspectAccessToken(needs, caller, token)
}

async function introspectAccessToken(
  needs: IntrospectNeeds,
  caller: Client,
  token: string,
): Promise<Introspection> {
  const claims = await needs.verifyJwt(token, { typ: accessTokenType })
  if (typeof claims?.['client_id'] !== 'string') return inactive
  if (!mayIntrospect(caller, claims['client_id'], claims.aud)) return inactive
  const address = await locateToken(needs.root, claims)
  // A disabled client must not continue to use the tokens it has.
  if (!address || !(await needs.findClient(claims['client_id']))) return inactive
  const inspected = await needs.sessionsOf(address.subject).inspectToken({
    now: needs.now(),
    kind: 'access',
    grant_id: address.grantId,
    jti_hash: address.jtiHash,
  })
  const token_type = tokenTypeOf(confirmationOf(claims))
  return inspected.status === 'live' ? { active: true, ...claims, token_type } : inactive
}

/** Only the client it was issued to may introspect a refresh token. */
async function introspectRefreshToken(
  needs: IntrospectNeeds,
  caller: Client,
  token: string,
): Promise<Introspection> {
  const opened = await openRefreshToken(needs.root, token)
  if (!opened) return inactive
  const { u: userId, g: grantId } = opened.routing
  const inspected = await needs.sessionsOf(userId).inspectToken({
    now: needs.now(),
    kind: 'refresh',
    grant_id: grantId,
    secret_hash: opened.secretHash,
  })
  if (inspected.status !== 'live' || inspected.grant?.client_id !== caller.client_id) return inactive
  const { grant, expires_at } = inspected
  // Scopes the client has lost since are not granted on refresh either.
  const scopes = grant.scopes.filter((scope) => caller.scopes.includes(scope))
  return {
    active: true,
    iss: needs.config.issuer,
    client_id: grant.client_id,
    sub: grant.sub,
    // RFC 9449 §6.2: of a bound refresh token; others have no type.
    ...(grant.cnf === undefined ? {} : { cnf: grant.cnf, token_type: tokenTypeOf(grant.cnf) }),
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    ...(grant.authorization_details ? { authorization_details: grant.authorization_details } : {}),
    ...(expires_at === undefined ? {} : { exp: toSeconds(expires_at) }),
  }
}

/** Allowed for the client a token was issued to, and for the APIs it is meant for. */
function mayIntrospect(caller: Client, clientId: string, audience: string | string[] | undefined): boolean {
  if (caller.client_id === clientId) return true
  return [audience ?? []].flat().some((resource) => caller.serves_resources.includes(resource))
}
