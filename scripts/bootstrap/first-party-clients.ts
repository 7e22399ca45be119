/** Clients that belong to the server itself: its API documentation and its command line. Public, with PKCE. */
import { permissions } from '../../src/access/permissions.ts'
import type { Profile } from '../../src/clients/profile.ts'
import { standardScopes } from './demo-clients.ts'

export type FirstPartyClient = {
  client_id: string
  client_name: string
  application_type: 'web' | 'native'
  token_endpoint_auth_method: 'none'
  grant_types: string[]
  response_types: string[]
  redirect_uris: string[]
  scopes: string[]
  first_party: boolean
  /** Of its own: no profile of the deployment shuts administrators out. */
  profile: Profile
}

const { offline_access: _, ...identityScopes } = standardScopes

/** The scopes one can request at the documentation, with their descriptions. */
export const documentedScopes: Readonly<Record<string, string>> = { ...identityScopes, ...permissions }

const scopes = Object.keys(documentedScopes)

/**
 * Both may request every administrative scope: the permission of the user is checked on each request.
 * @param issuer where the documentation is served; if unknown, it gets no client
 */
export const firstPartyClients = (issuer: string | undefined): readonly FirstPartyClient[] => [
  ...(issuer === undefined
    ? []
    : [
        {
          client_id: 'authly-docs',
          client_name: 'Authly API documentation',
          application_type: 'web' as const,
          token_endpoint_auth_method: 'none' as const,
          grant_types: ['authorization_code'],
          response_types: ['code'],
          redirect_uris: [`${issuer}/docs/oauth2-redirect.html`],
          scopes,
          first_party: true,
          profile: 'oauth2.1' as const,
        },
      ]),
  {
    client_id: 'authly-cli',
    client_name: 'Authly command line',
    // Native, so that the loopback port may vary (RFC 8252 §7.3).
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
    scopes: [...scopes, 'offline_access'],
    // Any program on the device can use this client id (RFC 8252 §8.6), so the user is asked for consent each time.
    first_party: false,
    profile: 'oauth2.1',
  },
]
