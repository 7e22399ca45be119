/** `client_credentials` (RFC 6749 §4.4): a service speaks for itself. No Durable Object, no Postgres. */
import type { Client } from '../../clients/client.ts'
import { toSeconds } from '../../kit/clock.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { accessTokenTtlSeconds, issueAccessToken } from '../access-token.ts'
import { type OAuthRefusal, refuse } from '../refusal.ts'
import { checkResources } from '../resource.ts'
import { identityScopes, isWithin, parseScope } from '../scope.ts'
import { serviceTokenId } from '../token-id.ts'
import type { GrantType } from './define-grant.ts'

export const clientCredentials: GrantType = {
  type: 'client_credentials',
  clients: 'confidential',
  async exchange(needs, { client, form, origin }) {
    const scopes = serviceScopes(client, form.get('scope'))
    if (!scopes.ok) return scopes
    const resources = checkResources(form, client)
    if (!resources.ok) return resources
    const now = needs.now()
    const jti = serviceTokenId()
    const access_token = await issueAccessToken(needs, {
      client,
      sub: client.client_id,
      jti,
      scopes: scopes.value,
      resources: resources.value,
      iat: toSeconds(now),
    })
    needs.recordEvent({
      id: uuidv7(now),
      type: 'token.issued',
      occurred_at: now,
      outcome: 'success',
      actor_type: 'client',
      actor_id: client.client_id,
      client_id: client.client_id,
      ...origin,
      data: { grant_type: 'client_credentials', scopes: scopes.value, jti },
    })
    return ok({
      access_token,
      token_type: 'Bearer',
      expires_in: accessTokenTtlSeconds(needs.config, client),
      ...(scopes.value.length > 0 ? { scope: scopes.value.join(' ') } : {}),
    })
  },
}

/** Scopes about a person make no sense here; without a request the client gets all it is registered for. */
function serviceScopes(
  client: Client,
  parameter: string | undefined,
): Result<readonly string[], OAuthRefusal> {
  const allowed = client.scopes.filter((scope) => !identityScopes.has(scope))
  const asked = parseScope(parameter)
  if (!asked.ok) return asked
  if (asked.value.length === 0) return ok(allowed)
  return isWithin(asked.value, allowed)
    ? ok(asked.value)
    : err(refuse('invalid_scope', 'scope is not one this client may ask for'))
}
