/**
 * The `resource` parameter (RFC 8707): which APIs a token is for. The admin API is not one of them: its tokens are
 * for this server alone, because any API that receives a token can use it everywhere else it is valid.
 */
import type { Client } from '../clients/client.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { Parameters } from '../protocol/parameters.ts'
import { type OAuthRefusal, refuse } from '../protocol/refusal.ts'
import { isAdminScope } from '../protocol/scope-parameter.ts'

const maxResources = 8

/**
 * The requested resources; each must be registered for the client, compared character by character.
 * @param scopes requested together with them
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
  if (isResourceMissing(client, resources, scopes)) return err(resourceMissing)
  return resources.length > 0 && scopes.some(isAdminScope) ? err(adminScopesBesideResource) : ok(resources)
}

/**
 * Whether the client's profile demands a resource that the request does not name. The admin API is none.
 * @param scopes requested; empty: those it is registered for
 */
export const isResourceMissing = (
  client: Client,
  resources: readonly string[],
  scopes: readonly string[],
): boolean =>
  client.rules.resource_required &&
  resources.length === 0 &&
  !(scopes.length > 0 ? scopes : client.scopes).some(isAdminScope)

export const resourceMissing: OAuthRefusal = refuse(
  'invalid_target',
  'resource is missing: the profile of this client demands it',
)

/** Requesting both would yield a token that any API it is for could use at `/admin`. */
export const adminScopesBesideResource: OAuthRefusal = refuse(
  'invalid_target',
  'admin scopes are for this server alone: leave resource out',
)

/** Those of the granted resources that the client may still request. */
export const stillRegistered = (client: Client, granted: readonly string[]): readonly string[] =>
  granted.filter((resource) => client.resources.includes(resource))

/**
 * RFC 8707 §2.2: a token should reveal only what its APIs need to know; of `scopes` that is all but those of the
 * admin API.
 */
export const scopesFor = (resources: readonly string[], scopes: readonly string[]): readonly string[] =>
  resources.length === 0 ? scopes : scopes.filter((scope) => !isAdminScope(scope))
