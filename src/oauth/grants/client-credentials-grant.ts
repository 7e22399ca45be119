/** `client_credentials` (RFC 6749 §4.4): a service acts for itself. No Durable Object, no Postgres. */
import { createEvent } from '../../audit/create-event.ts'
import type { Client } from '../../clients/client.ts'
import { toSeconds } from '../../kit/clock.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import { identityScopes, isWithin, parseScope } from '../../protocol/scope-parameter.ts'
import { accessTokenTtlSeconds, issueAccessToken } from '../../tokens/access-token.ts'
import { serviceTokenId } from '../../tokens/token-id.ts'
import { adminScopesBesideResource, checkResources, scopesFor } from '../resource.ts'
import { proofUsed, spendProof } from '../sender-constraints/spend-proof.ts'
import type { GrantType } from './define-grant.ts'

export const clientCredentials: GrantType = {
  type: 'client_credentials',
  clients: 'confidential',
  async exchange(needs, { client, form, origin, sender }) {
    const asked = parseScope(form.get('scope'))
    if (!asked.ok) return asked
    const resources = checkResources(form, client, asked.value)
    if (!resources.ok) return resources
    const scopes = serviceScopes(client, asked.value, resources.value)
    if (!scopes.ok) return scopes
    if (sender.proof && !(await spendProof(needs.spendOnce, client, sender.proof))) return err(proofUsed)
    const now = needs.now()
    const jti = serviceTokenId()
    const access_token = await issueAccessToken(needs, {
      client,
      sub: client.client_id,
      jti,
      scopes: scopes.value,
      resources: resources.value,
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
    })
  },
}

/** Identity scopes make no sense without a user; without `scope` the client gets all scopes it is allowed. */
function serviceScopes(
  client: Client,
  asked: readonly string[],
  resources: readonly string[],
): Result<readonly string[], OAuthRefusal> {
  const allowed = client.scopes.filter((scope) => !identityScopes.has(scope))
  if (asked.length === 0) {
    const given = scopesFor(resources, allowed)
    // RFC 6749 §3.3: no scope is left to grant, and a token without scopes would not report that.
    return given.length === 0 && allowed.length > 0 ? err(adminScopesBesideResource) : ok(given)
  }
  return isWithin(asked, allowed)
    ? ok(asked)
    : err(refuse('invalid_scope', 'scope is not one this client may ask for'))
}
