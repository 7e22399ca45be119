/** Who the client is, and where it is answered. */
import { isLoopbackHost } from '../../kit/public-host.ts'
import { type Demand, fapi, fault } from './demand.ts'

/** Text ids: a method that the server does not know is in no client. */
const fapiMethods = ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']

/** Whether an authorization response to it travels encrypted, or stays on the machine (RFC 8252 §7.3). */
const isConfidentialAddress = (uri: string, applicationType: string): boolean => {
  if (!URL.canParse(uri)) return false
  const { protocol, hostname } = new URL(uri)
  return (
    protocol === 'https:' ||
    (protocol === 'http:' && applicationType === 'native' && isLoopbackHost(hostname))
  )
}

export const clientDemands: readonly Demand[] = [
  {
    id: 'confidential_client',
    specification: 'FAPI 2.0 Security Profile §5.3.2.1',
    words: 'Only confidential clients: each authenticates',
    profiles: fapi,
    rules: { auth_methods: fapiMethods },
    refuses: ({ token_endpoint_auth_method: method }) =>
      method === 'none'
        ? [fault('token_endpoint_auth_method', 'must not be none: the profile has confidential clients only')]
        : [],
    otherwise:
      'Refused, because who sends its requests is unknown: `unauthorized_client` at the authorization endpoint, `invalid_client` elsewhere',
    grants:
      'Refresh tokens of a public client are refused until it authenticates; its access tokens work until they expire',
  },
  {
    id: 'client_authentication',
    specification: 'FAPI 2.0 Security Profile §5.3.2.1',
    words: `Clients authenticate with ${fapiMethods.map((method) => `\`${method}\``).join(', ')}; secrets do not count`,
    profiles: fapi,
    rules: { auth_methods: fapiMethods },
    refuses: ({ token_endpoint_auth_method: method }) =>
      method === 'none' || fapiMethods.includes(method)
        ? []
        : [fault('token_endpoint_auth_method', `must be one of ${fapiMethods.join(', ')}`)],
    otherwise:
      'Refused, because a secret proves less than a key: `unauthorized_client` at the authorization endpoint, `invalid_client` elsewhere; whoever has the secret is told why',
    grants:
      'Grants stay. Refresh tokens are refused until the client authenticates with a key; the same refresh token works then',
  },
  {
    id: 'https_redirect_uris',
    specification: 'FAPI 2.0 Security Profile §5.3.2.2; RFC 8252 §7.3',
    words: 'Redirect URIs are https; http only on a loopback address of a native client',
    profiles: fapi,
    ...redirectDemand(
      (uri, type) => isConfidentialAddress(uri, type),
      'https, or http on a loopback address of a native client',
    ),
    grants: 'None: grants have left their redirect URI behind',
  },
  {
    id: 'web_redirect_uris',
    specification: 'MCP Authorization 2025-11-25, Communication Security',
    words: 'Redirect URIs are https, or http on a loopback address',
    profiles: ['mcp'],
    ...redirectDemand((uri) => isConfidentialAddress(uri, 'native'), 'https, or http on a loopback address'),
    grants: 'None: grants have left their redirect URI behind',
  },
]

function redirectDemand(
  isAllowed: (uri: string, applicationType: string) => boolean,
  allowed: string,
): Pick<Demand, 'pins' | 'refuses' | 'otherwise'> {
  return {
    pins: ({ redirect_uris, application_type }) =>
      redirect_uris.every((uri) => isAllowed(uri, application_type))
        ? {}
        : { redirect_uris: redirect_uris.filter((uri) => isAllowed(uri, application_type)) },
    refuses: ({ redirect_uris, application_type }) =>
      redirect_uris.flatMap((uri, index) =>
        isAllowed(uri, application_type) ? [] : [fault(`redirect_uris/${index}`, `must be ${allowed}`)],
      ),
    otherwise: 'Served without these redirect URIs: requests that name one are refused on a page of ours',
  }
}
