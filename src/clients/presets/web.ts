import { noteOnConsent, noteOnIdentity, type Preset, scopeOf, sharedReasons } from './preset.ts'

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
    token_endpoint_auth_method: sharedReasons.secretAnywhere,
    redirect_uris: 'the development server',
    backchannel_logout_uri:
      'of a framework whose SDK listens there, if this server may send requests to it: the application hears at once that a session has ended',
    scope: sharedReasons.sessionScope,
    scope_claims_in_id_token: sharedReasons.nameAtSignIn,
    dpop_bound_access_tokens: 'tokens stay on the server, and getting new ones takes the secret',
    first_party: sharedReasons.ownApplication,
  },
  notes: (metadata) => [...noteOnIdentity(metadata), ...noteOnConsent(metadata)],
}
