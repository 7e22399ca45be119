/** `client_credentials` (RFC 6749 §4.4): a service acts for itself. No Durable Object, no Postgres. */
import { createEvent } from '../../audit/create-event.ts'
import type { Client } from '../../clients/client.ts'
import { toSeconds } from '../../kit/clock.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import { identityScopes, isWithin, parseScope } from '../../protocol/scope-parameter.ts'
import { accessTokenTtlSeconds, issueAccessToken } from '../../tokens/access-token.ts'
import { serviceTokenId } from '../../tokens/token-id.ts'
import { checkAuthorizationDetails } from '../asked-details.ts'
import { audienceOf, checkResources, isResourceMissing, resourceMissing, scopesFor } from '../resource.ts'
import { proofUsed, spendProof } from '../sender-constraints/spend-proof.ts'
import type { GrantType } from './define-grant.ts'

export const clientCredentials: GrantType = {
  type: 'client_credentials',
  clients: 'confidential',
  async exchange(needs, { client, form, origin, sender }) {
    const asked = parseScope(form.get('scope'))
    if (!asked.ok) return asked
    const { issuer } = needs.config
    const resources = checkResources(form, client, issuer, asked.value)
    if (!resources.ok) return resources
    if (isResourceMissing(client, resources.value, asked.value)) return err(resourceMissing)
    const details = await checkAuthorizationDetails(needs, form, client)
    if (!details.ok) return details
    const { authorization_details, details_resources } = details.value
    const named = [...new Set([...resources.value, ...details_resources])]
    const audience = audienceOf(issuer, named, [], [])
    const catalog = named.length > 0 ? await needs.loadScopeCatalog() : undefined
    const scopes = serviceScopes(client, asked.value, (some) => scopesFor(issuer, audience, some, catalog))
    if (!scopes.ok) return scopes
    // RFC 6749 §3.3: nothing is left to grant, and a token without scopes would not report that.
    const isEmpty = scopes.value.length + authorization_details.length === 0
    if (isEmpty && client.scopes.length > 0 && named.length > 0) return err(nothingForResource)
    if (sender.proof && !(await spendProof(needs.spendOnce, client, sender.proof))) return err(proofUsed)
    const now = needs.now()
    const jti = serviceTokenId()
    const access_token = await issueAccessToken(needs, {
      client,
      sub: client.client_id,
      jti,
      audience,
      scopes: scopes.value,
      authorization_details,
      iat: toSeconds(now),
      cnf: sender.cnf,
    })
    needs.recordEvent(
      createEvent('token.issued', now, origin, {
        outcome: 'success',
        actor_type: 'client',
        actor_id: client.client_id,
        client_id: client.client_id,
        data: { grant_type: 'client_credentials', scopes: scopes.value, jti },
      }),
    )
    return ok({
      access_token,
      token_type: sender.token_type,
      expires_in: accessTokenTtlSeconds(needs.config, client),
      ...(scopes.value.length > 0 ? { scope: scopes.value.join(' ') } : {}),
      ...(authorization_details.length > 0 ? { authorization_details } : {}),
    })
  },
}

/**
 * Identity scopes make no sense without a user; without `scope` the client gets all scopes it is allowed.
 * @param ofAudience those of some scopes that a token for the requested audience may have
 */
function serviceScopes(
  client: Client,
  asked: readonly string[],
  ofAudience: (scopes: readonly string[]) => readonly string[],
): Result<readonly string[], OAuthRefusal> {
  const allowed = client.scopes.filter((scope) => !identityScopes.has(scope))
  if (asked.length === 0) return ok(ofAudience(allowed))
  if (!isWithin(asked, allowed))
    return err(refuse('invalid_scope', 'scope is not one this client may ask for'))
  return isWithin(asked, ofAudience(asked)) ? ok(asked) : err(scopeOfOthers)
}

const nothingForResource = refuse('invalid_target', 'this client has no scope that resource is about')
const scopeOfOthers = refuse('invalid_scope', 'scope has values that resource is not about')
