/**
 * Token revocation (RFC 7009): a refresh token ends its whole grant family, an access token only itself. Unknown
 * tokens and those of other clients get the same response as revoked ones (§2.2), so nothing can be probed.
 */
import type { Origin } from '../audit/event.ts'
import type { Client } from '../clients/client.ts'
import type { VerifyJwt } from '../keys/verify-jwt.ts'
import type { Clock } from '../kit/clock.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { SessionsOf } from '../sessions/rules.ts'
import { accessTokenType } from '../tokens/access-token.ts'
import { openRefreshToken } from '../tokens/refresh-token.ts'
import { locateToken } from '../tokens/token-id.ts'

export interface RevokeNeeds {
  readonly root: RootSecret
  readonly now: Clock
  readonly verifyJwt: VerifyJwt
  readonly sessionsOf: SessionsOf
}

/** Revokes `token` if it was issued to `client`. */
export async function revoke(
  needs: RevokeNeeds,
  client: Client,
  token: string,
  origin: Origin,
): Promise<void> {
  const base = { now: needs.now(), client_id: client.client_id, origin }
  if (token.startsWith('authly_rt_')) {
    const opened = await openRefreshToken(needs.root, token)
    if (!opened) return
    await needs.sessionsOf(opened.routing.u).revokeToken({
      ...base,
      kind: 'refresh',
      grant_id: opened.routing.g,
      secret_hash: opened.secretHash,
    })
    return
  }
  // Expired tokens too: work started with one continues until it is revoked.
  const claims = await needs.verifyJwt(token, { typ: accessTokenType, acceptExpired: true })
  if (!claims?.exp || claims['client_id'] !== client.client_id) return
  const address = await locateToken(needs.root, claims)
  if (!address) return
  await needs.sessionsOf(address.subject).revokeToken({
    ...base,
    kind: 'access',
    grant_id: address.grantId,
    jti_hash: address.jtiHash,
    expires_at: claims.exp * 1000,
  })
}
