/**
 * Metadata of a protected resource (RFC 9728 §2): what a program needs to know to get a token for an API. This server's
 * own APIs are one resource, itself: userinfo, and the administration.
 */
import { permissionNames } from '../access/permissions.ts'
import { identityScopes } from '../protocol/scope-parameter.ts'

/** @param issuer the server, which is the audience of the tokens too */
export const ownResourceMetadata = (issuer: string) => ({
  resource: issuer,
  authorization_servers: [issuer],
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  scopes_supported: [...identityScopes, ...permissionNames],
  bearer_methods_supported: ['header', 'body'],
  resource_name: 'Authly',
})
