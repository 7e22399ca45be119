/**
 * The `resource` parameter (RFC 8707): which APIs a token is for. This server is one of them by its issuer: userinfo,
 * and the admin API, whose tokens are for this server alone, because any API that receives a token can use it
 * everywhere else it is valid.
 */
import type { Client } from '../clients/client.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { Parameters } from '../protocol/parameters.ts'
import { type OAuthRefusal, refuse } from '../protocol/refusal.ts'
import { areForOthers, identityScopes, isAdminScope } from '../protocol/scope-parameter.ts'
import type { ScopeCatalog } from '../scopes/scope.ts'

const maxResources = 8

/**
 * The requested resources; each must be registered for the client, compared character by character, or be the issuer.
 * @param scopes requested together with them
 */
export function checkResources(
  parameters: Parameters,
  client: Client,
  issuer: string,
  scopes: readonly string[],
): Result<readonly string[], OAuthRefusal> {
  const resources = [...new Set(parameters.all('resource'))]
  if (resources.length > maxResources || resources.some((resource) => !mayAsk(client, issuer, resource))) {
    return err(refuse('invalid_target', 'resource is not one this client may ask for'))
  }
  return hasOthers(resources, issuer) && scopes.some(isAdminScope)
    ? err(adminScopesBesideResource)
    : ok(resources)
}

/**
 * Whether the client's profile demands a resource that the request does not name. Scopes of this server alone, those of
 * OpenID Connect and of the admin API, need none: the token is for nobody else.
 * @param scopes requested; empty: those it is registered for
 */
export const isResourceMissing = (
  client: Client,
  resources: readonly string[],
  scopes: readonly string[],
): boolean =>
  client.rules.resource_required &&
  resources.length === 0 &&
  areForOthers(scopes.length > 0 ? scopes : client.scopes)

export const resourceMissing: OAuthRefusal = refuse(
  'invalid_target',
  'resource is missing: the profile of this client demands it',
)

/** Requesting both would yield a token that any API it is for could use at `/admin`. */
const adminScopesBesideResource: OAuthRefusal = refuse(
  'invalid_target',
  'admin scopes are for this server alone: leave resource out',
)

const mayAsk = (client: Client, issuer: string, resource: string): boolean =>
  resource === issuer || client.resources.includes(resource)

const hasOthers = (audience: readonly string[], issuer: string): boolean =>
  audience.some((each) => each !== issuer)

/** Those of the granted resources that the client may still request. */
export const stillRegistered = (
  client: Client,
  issuer: string,
  granted: readonly string[],
): readonly string[] => granted.filter((resource) => mayAsk(client, issuer, resource))

/**
 * Whom a token is for. Resources named at the token endpoint are the whole audience. Without any, the token is for
 * everything that was granted, with `openid` for userinfo too.
 * @param named at the token endpoint
 * @param granted at the authorization endpoint, those that the client may still request
 */
export function audienceOf(
  issuer: string,
  named: readonly string[],
  granted: readonly string[],
  scopes: readonly string[],
): readonly string[] {
  if (named.length > 0) return named
  if (granted.length === 0) return [issuer]
  return scopes.includes('openid') ? [...new Set([...granted, issuer])] : granted
}

/**
 * RFC 8707 §2.2: a token reveals and allows only what its APIs need. Of `scopes` these are their own and those of no
 * API; identity scopes where userinfo is in the audience, and admin scopes where nobody else is.
 * @param catalog undefined where no resource was asked for: such a token has all scopes, and is for this server
 */
export function scopesFor(
  issuer: string,
  audience: readonly string[],
  scopes: readonly string[],
  catalog: ScopeCatalog | undefined,
): readonly string[] {
  if (!catalog) return scopes
  const owners = ownersOf(catalog)
  return scopes.filter((scope) => {
    if (isAdminScope(scope)) return !hasOthers(audience, issuer)
    if (identityScopes.has(scope)) return audience.includes(issuer)
    const owner = owners.get(scope)
    return owner === undefined || audience.includes(owner)
  })
}

/** Whether a client could ask for APIs at all: only then its token requests read the scope catalog. */
export const asksForApis = (
  { resources, authorization_details_types: types }: Client,
  parameters: Parameters,
): boolean => resources.length + types.length > 0 || parameters.get('resource') !== undefined

const knownOwners = new WeakMap<ScopeCatalog, ReadonlyMap<string, string>>()

/** The resource server of each scope that has one. */
function ownersOf(catalog: ScopeCatalog): ReadonlyMap<string, string> {
  let owners = knownOwners.get(catalog)
  if (!owners) {
    owners = new Map(
      catalog.scopes.flatMap(({ name, resource }) => (resource === undefined ? [] : [[name, resource]])),
    )
    knownOwners.set(catalog, owners)
  }
  return owners
}
