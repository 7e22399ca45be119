import { nameAtSignIn, type Preset, scopeOf, withoutIdentity } from './preset.ts'

export const web: Preset = {
  name: 'web',
  words: 'Web applications with a server, which keeps the tokens and a secret',
  port: 3000,
  callback: '/auth/callback',
  variables: ['issuer', 'client_id', 'client_secret', 'session_secret', 'base_url', 'audience'],
  takesApiScopes: true,
  members: (situation) => {
    const { hasRedirectUris, mayFetch, origins, use } = situation
    const [first] = origins
    const backchannel = first && use?.backchannel ? `${first}${use.backchannel}` : undefined
    return {
      application_type: 'web',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: hasRedirectUris
        ? []
        : origins.map((origin) => `${origin}${use?.callback ?? '/auth/callback'}`),
      post_logout_redirect_uris: origins.map((origin) => `${origin}${use?.signed_out ?? '/'}`),
      ...(backchannel && mayFetch(backchannel) ? { backchannel_logout_uri: backchannel } : {}),
      scope: scopeOf(['openid', 'profile', 'email'], situation),
      scope_claims_in_id_token: true,
      first_party: true,
    }
  },
  reasons: {
    token_endpoint_auth_method: 'not named, so that the secret may be sent in the header or in the body',
    redirect_uris: 'the development server',
    backchannel_logout_uri:
      'of a framework whose SDK listens there, if this server may send requests to it: the application hears at once that a session has ended',
    scope: 'no `offline_access`: refreshing ends with the session, wherever that is ended',
    scope_claims_in_id_token: nameAtSignIn,
    dpop_bound_access_tokens: 'tokens stay on the server, and getting new ones takes the secret',
    first_party: 'an application of your own asks nobody for consent to itself',
  },
  notes: (metadata) => [
    ...withoutIdentity(metadata),
    ...(metadata.first_party
      ? ['People see no consent page. For an application of somebody else: first_party false.']
      : []),
  ],
}
