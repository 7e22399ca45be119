import { err, ok } from '../../kit/result.ts'
import { refuse } from '../../protocol/refusal.ts'
import { parseScope } from '../../protocol/scope-parameter.ts'
import type { Check } from './check.ts'

/**
 * Scopes the client is not registered for are ignored, as OpenID Connect Core §3.1.2.1 requires for unknown
 * scopes; the token response lists what was granted (RFC 6749 §3.3).
 */
export const checkScope: Check<{ readonly scopes: readonly string[] }> = (_needs, { parameters, client }) => {
  const asked = parseScope(parameters.get('scope'))
  if (!asked.ok) return asked
  const scopes = asked.value.filter(
    (scope) =>
      client.scopes.includes(scope) &&
      // OpenID Connect Core §11: offline access means a refresh token; without that grant type it has no meaning.
      (scope !== 'offline_access' || client.grant_types.includes('refresh_token')),
  )
  return asked.value.length > 0 && scopes.length === 0
    ? err(refuse('invalid_scope', 'scope has nothing this client may ask for'))
    : ok({ scopes })
}
