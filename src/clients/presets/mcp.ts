import { loopbackUris } from './native.ts'
import { type Preset, scopeOf } from './preset.ts'

export const mcp: Preset = {
  name: 'mcp',
  words: 'Clients of MCP servers, where they do not register themselves: editors, assistants, agents',
  variables: ['issuer', 'client_id', 'client_secret', 'audience'],
  takesApiScopes: true,
  members: (situation) => ({
    profile: 'mcp',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: situation.use?.redirect_uris ?? loopbackUris,
    scope: scopeOf(['openid', 'profile', 'offline_access'], situation),
  }),
  reasons: {
    profile: 'what the specification demands is demanded (MCP Authorization 2025-11-25)',
    token_endpoint_auth_method: 'a program that everybody can download keeps no secret',
    redirect_uris: 'a loopback address with any port, or the addresses of the program that was named',
    resources: 'must be given: tokens are for one MCP server each',
    scope: 'with all scopes of the MCP servers, because people are asked for consent to each request',
    dpop_bound_access_tokens: 'not demanded: MCP clients cannot do it',
    first_party: 'any program on a device can claim to be this one, so people are asked for consent',
  },
  needs: ({ resources }) =>
    resources?.length
      ? []
      : [
          {
            pointer: '#/resources',
            detail: 'must name the MCP server, a resource server: the preset mcp is for clients of one',
          },
        ],
  notes: () => [],
}
