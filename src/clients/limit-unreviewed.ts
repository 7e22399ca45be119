/** What a client may be that nobody reviewed, whatever is registered for it. */
import { identityScopes, isAdminScope } from '../protocol/scope-parameter.ts'
import type { ScopeCatalog } from '../scopes/scope.ts'
import type { RegisteredClient } from './client.ts'

export interface OpenAccess {
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
}

/** Scopes and APIs that are open to everybody: OpenID Connect's own, and what administrators opened. */
export function openAccess(catalog: ScopeCatalog): OpenAccess {
  const resources = catalog.resource_servers
    .filter((server) => server.open_to_unreviewed === true)
    .map(({ resource }) => resource)
  const scopes = catalog.scopes
    .filter(
      ({ name, resource }) => resource !== undefined && resources.includes(resource) && !isAdminScope(name),
    )
    .map(({ name }) => name)
  return { scopes: [...identityScopes, ...scopes], resources }
}

/** What a client that nobody reviewed is registered and served with, whatever it asks for. */
export const unreviewedTerms = { first_party: false, nonce_optional: false, serves_resources: [] } as const

/**
 * Never first-party, no admin scopes, no links, no authorization details, no exemption from PKCE that only a nonce makes
 * up for. Attack: a name, a link or a right that nobody checked looks as if this server vouched for it. Attack: a
 * reviewed client that was given rights changes its redirect URIs (RFC 7592 §2.2), and has somebody else use them.
 */
export function limitUnreviewed(client: RegisteredClient, open: OpenAccess): RegisteredClient {
  return {
    ...client,
    client_uri: undefined,
    policy_uri: undefined,
    tos_uri: undefined,
    ...unreviewedTerms,
    authorization_details_types: [],
    scopes: client.scopes.filter((scope) => open.scopes.includes(scope)),
    resources: client.resources.filter((resource) => open.resources.includes(resource)),
  }
}
