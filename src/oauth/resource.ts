/**
 * The `resource` parameter (RFC 8707): which APIs a token is for. The admin API is none of them: its tokens are for
 * this server alone, because any API that a token is for can use it wherever else it is good.
 */
import type { Client } from '../clients/client.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { Parameters } from '../protocol/parameters.ts'
import { type OAuthRefusal, refuse } from '../protocol/refusal.ts'
import { isAdminScope } from '../protocol/scope.ts'

const maxResources = 8

/**
 * Resources asked for; each must be registered for the client, character by character.
 * @param scopes asked for together with them
 */
export function checkResources(
  parameters: Parameters,
  client: Client,
  scopes: readonly string[],
): Result<readonly string[], OAuthRefusal> {
  const resources = [...new Set(parameters.all('resource'))]
  if (resources.length > maxResources || resources.some((resource) => !client.resources.includes(resource))) {
    return err(refuse('invalid_target', 'resource is not one this client may ask for'))
  }
  return resources.length > 0 && scopes.some(isAdminScope) ? err(adminScopesBesideResource) : ok(resources)
}

/** What asks for both would get a token that any API it is for could use at `/admin`. */
export const adminScopesBesideResource: OAuthRefusal = refuse(
  'invalid_target',
  'admin scopes are for this server alone: leave resource out',
)

/** Of resources granted once, those that the client may still ask for. */
export const stillRegistered = (client: Client, granted: readonly string[]): readonly string[] =>
  granted.filter((resource) => client.resources.includes(resource))

/** RFC 8707 §2.2: a token says only what the APIs it is for should know; of `scopes` that is all but those of the admin API. */
export const scopesFor = (resources: readonly string[], scopes: readonly string[]): readonly string[] =>
  resources.length === 0 ? scopes : scopes.filter((scope) => !isAdminScope(scope))
