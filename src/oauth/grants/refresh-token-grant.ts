/**
 * `refresh_token` (RFC 6749 §6) with rotation (RFC 9700 §4.14). One call to the user's object: the call includes
 * the successor, so that the object decides and stores in one step, and a repeated request finds its response.
 */
import { toSeconds } from '../../kit/clock.ts'
import { err, ok } from '../../kit/result.ts'
import { invalidGrant, invalidRequest, type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import { parseScope } from '../../protocol/scope-parameter.ts'
import type { RotatedRefresh } from '../../sessions/rotate-refresh.ts'
import { accessTokenTtlSeconds } from '../../tokens/access-token.ts'
import { issueRefreshToken, openRefreshToken, openReplay, sealReplay } from '../../tokens/refresh-token.ts'
import { userTokenId } from '../../tokens/token-id.ts'
import { checkResources, stillRegistered } from '../resource.ts'
import { proofUsed } from '../sender-constraints/spend-proof.ts'
import type { GrantType } from './define-grant.ts'
import { issueUserTokens, refreshPolicyOf } from './user-tokens.ts'

export const refreshToken: GrantType = {
  type: 'refresh_token',
  clients: 'any',
  async exchange(needs, { client, form, origin, sender }) {
    const presented = form.get('refresh_token')
    if (presented === undefined) return err(invalidRequest('refresh_token is missing'))
    const scopes = parseScope(form.get('scope'))
    if (!scopes.ok) return scopes
    const asked = checkResources(form, client, scopes.value)
    if (!asked.ok) return asked
    const resources = asked.value
    const opened = await openRefreshToken(needs.root, presented)
    if (!opened) return err(invalidGrant('refresh_token is not valid'))
    const { u: userId, g: grantId } = opened.routing

    const encrypt = await needs.prepareEncryption(client, 'id_token')
    if (!encrypt.ok) return encrypt
    const now = needs.now()
    const iat = toSeconds(now)
    const [successor, jti] = await Promise.all([
      issueRefreshToken(needs.root, userId, grantId),
      userTokenId(needs.root, userId, grantId),
    ])
    const fresh = { refresh_token: successor.handle, jti, iat }
    const rotated = await needs.sessionsOf(userId).rotateRefresh({
      now,
      grant_id: grantId,
      client_id: client.client_id,
      presented_hash: opened.secretHash,
      successor_hash: successor.secretHash,
      replay: await sealReplay(presented, fresh),
      scopes: scopes.value.length > 0 ? scopes.value : undefined,
      resources: resources.length > 0 ? resources : undefined,
      registered_resources: client.resources,
      policy: refreshPolicyOf(needs.config, client),
      access_token_expires_at: (iat + accessTokenTtlSeconds(needs.config, client)) * 1000,
      cnf: sender.cnf,
      proof: sender.proof,
      origin,
    })
    if (rotated.status !== 'rotated' && rotated.status !== 'replayed') return err(refusalOf(rotated))
    const answer = rotated.status === 'rotated' ? fresh : await openReplay(presented, rotated.replay)
    return ok(
      await issueUserTokens(needs, {
        client,
        // OpenID Connect Core §12.2: the nonce belongs to the authorization request, not to a refresh.
        grant: { ...rotated.grant, nonce: undefined },
        scopes: scopes.value.length > 0 ? scopes.value : rotated.grant.scopes,
        resources: resources.length > 0 ? resources : stillRegistered(client, rotated.grant.resources),
        ...answer,
        sender,
        encrypt: encrypt.value,
      }),
    )
  },
}

function refusalOf(rotated: Exclude<RotatedRefresh, { status: 'rotated' | 'replayed' }>): OAuthRefusal {
  switch (rotated.status) {
    case 'invalid_scope':
      return refuse('invalid_scope', 'scope exceeds what was granted')
    case 'invalid_target':
      return refuse('invalid_target', 'resource was not granted')
    case 'proof_used':
      return proofUsed
    default:
      return invalidGrant('refresh_token is not valid', rotated.status)
  }
}
