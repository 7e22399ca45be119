/** How authorization is asked for, and how the answer comes. */
import { isBuiltInScope } from '../../protocol/scope-parameter.ts'
import { hasKeys, scopesOf } from '../client-metadata.ts'
import { type Demand, fapi, fault, signing } from './demand.ts'

export const requestDemands: readonly Demand[] = [
  {
    id: 'pkce',
    specification:
      'OAuth 2.1 §4.1.1, §7.5; FAPI 2.0 Security Profile §5.3.2.2; MCP Authorization 2025-11-25, Authorization Code Protection',
    words: 'PKCE with S256 in every authorization request; no client is exempt',
    profiles: ['oauth2.1', ...fapi, 'mcp'],
    members: { require_pkce: true, nonce_optional: false },
    refuses: ({ require_pkce }) =>
      require_pkce ? [] : [fault('require_pkce', 'must be true: the profile exempts nobody from PKCE')],
    otherwise:
      'Served as if PKCE were required of it: a request without it is refused with `invalid_request`',
    grants: 'None; a code that was issued without PKCE is still exchanged for as long as it lives',
  },
  {
    id: 'pushed_request',
    specification: 'FAPI 2.0 Security Profile §5.3.2.2; RFC 9126 §6',
    words: 'Authorization requests are pushed first',
    profiles: fapi,
    members: { require_pushed_authorization_requests: true },
    otherwise:
      'Served as if it were registered so: a request that was not pushed is refused with `invalid_request`',
    grants: 'None: only new authorization requests are pushed',
  },
  {
    id: 'resource',
    specification: 'MCP Authorization 2025-11-25, Resource Parameter Implementation; RFC 8707',
    words:
      'Authorization and token requests name the API that the token is for (`resource`), unless all scopes are of OpenID Connect or of the administration: such a token is for this server alone',
    profiles: ['mcp'],
    rules: { resource_required: true },
    // A client that nobody reviewed has no resources of its own, but those that are open to such clients.
    refuses: ({ grant_types, resources, scope, reviewed }) =>
      reviewed &&
      grant_types.length > 0 &&
      resources.length === 0 &&
      !scopesOf({ scope }).some(isBuiltInScope)
        ? [fault('resources', 'must name an API: every request of the profile names one (RFC 8707)')]
        : [],
    otherwise: 'Refused with `invalid_target` as long as it may ask for no resource',
    grants:
      'Refreshing needs `resource`, but for grants of this server’s scopes alone. Another grant without resources yields no tokens any more (`invalid_target`): the person authorizes anew',
  },
  {
    id: 'signed_request',
    specification: 'FAPI 2.0 Message Signing §5.3; RFC 9101 §10.5',
    words: 'Authorization requests are signed request objects',
    profiles: signing,
    members: { require_signed_request_object: true },
    refuses: (metadata) =>
      hasKeys(metadata)
        ? []
        : [fault('jwks', 'or jwks_uri must be there: request objects are verified with these keys')],
    otherwise: 'Refused with `invalid_request` until it signs its requests, with keys that it has registered',
    grants: 'None: only new authorization requests are signed',
  },
  {
    id: 'request_object_lifetime',
    specification: 'FAPI 2.0 Message Signing §5.3.1',
    words: 'Request objects say from when (`nbf`) and until when (`exp`) they are valid: an hour at most',
    profiles: signing,
    rules: { max_request_object_age_seconds: 3600 },
    otherwise: 'Nothing a client registers contradicts it',
    grants: 'None: only new authorization requests are signed',
  },
  {
    id: 'signed_response',
    specification: 'FAPI 2.0 Message Signing §5.4; JARM §2',
    words: 'Authorization responses are signed (JARM)',
    profiles: signing,
    rules: { signed_response_required: true },
    otherwise: 'Refused with `invalid_request` when it asks for a response mode that is not signed',
    grants: 'None: only new authorization responses are signed',
  },
]
