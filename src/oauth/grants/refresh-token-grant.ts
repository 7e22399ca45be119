/**
 * `refresh_token` (RFC 6749 §6) with rotation (RFC 9700 §4.14), unless the client's profile keeps the token. One call
 * to the user's object: the call includes the successor, so that the object decides and stores in one step, and a
 * repeated request finds its response.
 */
import { isConfidential } from '../../clients/client.ts'
import { toSeconds } from '../../kit/clock.ts'
import { err, ok } from '../../kit/result.ts'
import { invalidDetails, parseAuthorizationDetails } from '../../protocol/authorization-details.ts'
import { invalidGrant, invalidRequest, type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import { parseScope } from '../../protocol/scope-parameter.ts'
import type { Grant } from '../../sessions/grant.ts'
import type { RotatedRefresh } from '../../sessions/rotate-refresh.ts'
import { accessTokenTtlSeconds } from '../../tokens/access-token.ts'
import { issueRefreshToken, openRefreshToken, openReplay, sealReplay } from '../../tokens/refresh-token.ts'
import { userTokenId } from '../../tokens/token-id.ts'
import { checkResources, resourceMissing } from '../resource.ts'
import { proofUsed } from '../sender-constraints/spend-proof.ts'
import type { GrantType } from './define-grant.ts'
import { catalogFor, issueUserTokens, refreshPolicyOf } from './user-tokens.ts'

export const refreshToken: GrantType = {
  type: 'refresh_token',
  clients: 'any',
  async exchange(needs, request) {
    const { client, form, origin, sender } = request
    const presented = form.get('refresh_token')
    if (presented === undefined) return err(invalidRequest('refresh_token is missing'))
    const scopes = parseScope(form.get('scope'))
    if (!scopes.ok) return scopes
    const asked = checkResources(form, client, needs.config.issuer, scopes.value)
    if (!asked.ok) return asked
    const resources = asked.value
    const details = parseAuthorizationDetails(form.get('authorization_details'))
    if (!details.ok) return details
    const opened = await openRefreshToken(needs.root, presented)
    if (!opened) return err(invalidGrant('refresh_token is not valid'))
    const { u: userId, g: grantId, k: issuedToKey } = opened.routing

    const encrypt = await needs.prepareEncryption(client, 'id_token')
    if (!encrypt.ok) return encrypt
    const now = needs.now()
    const iat = toSeconds(now)
    const binds = !isConfidential(client)
    const toKey = binds && sender.cnf !== undefined
    const [successor, jti, catalog] = await Promise.all([
      client.rules.rotates_refresh_tokens ? issueRefreshToken(needs.root, userId, grantId, toKey) : undefined,
      userTokenId(needs.root, userId, grantId),
      catalogFor(needs.loadScopeCatalog, request),
    ])
    const fresh = { refresh_token: successor?.handle ?? presented, jti, iat }
    const rotated = await needs.sessionsOf(userId).rotateRefresh({
      now,
      grant_id: grantId,
      client_id: client.client_id,
      presented_hash: opened.secretHash,
      issued_to_key: issuedToKey,
      // To an object of the version before, which keeps no token, a token is then its own successor.
      keeps_token: successor === undefined,
      successor_hash: successor?.secretHash ?? opened.secretHash,
      replay: successor ? await sealReplay(presented, fresh) : '',
      scopes: scopes.value.length > 0 ? scopes.value : undefined,
      resources: resources.length > 0 ? resources : undefined,
      resource_required: client.rules.resource_required,
      authorization_details: details.value,
      registered_resources: client.resources,
      issuer: needs.config.issuer,
      policy: refreshPolicyOf(needs.config, client),
      access_token_expires_at: (iat + accessTokenTtlSeconds(needs.config, client)) * 1000,
      cnf: sender.cnf,
      binds_key: binds,
      proof: sender.proof,
      origin,
    })
    if (!('grant' in rotated)) return err(refusalOf(rotated))
    const answer = rotated.status === 'replayed' ? await openReplay(presented, rotated.replay) : fresh
    return ok(
      await issueUserTokens(needs, {
        client,
        // OpenID Connect Core §12.2: the nonce belongs to the authorization request, not to a refresh.
        grant: { ...rotated.grant, nonce: undefined },
        scopes: scopes.value.length > 0 ? scopes.value : rotated.grant.scopes,
        named: resources,
        named_details: details.value,
        catalog,
        ...answer,
        encrypt: encrypt.value,
        sender,
      }),
    )
  },
}

function refusalOf(rotated: Exclude<RotatedRefresh, { grant: Grant }>): OAuthRefusal {
  switch (rotated.status) {
    case 'invalid_scope':
      return refuse('invalid_scope', 'scope exceeds what was granted')
    case 'invalid_authorization_details':
      return invalidDetails('authorization_details exceeds what was granted')
    case 'invalid_target':
      return refuse('invalid_target', 'resource was not granted')
    case 'resource_missing':
      return resourceMissing
    case 'proof_used':
      return proofUsed
    default:
      return invalidGrant('refresh_token is not valid', rotated.status)
  }
}
