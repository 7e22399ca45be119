import { noteOnConsent, noteOnIdentity, type Preset, scopeOf, sharedReasons } from './preset.ts'

export const spa: Preset = {
  name: 'spa',
  words: 'Single-page applications: all code runs in the browser, no secret',
  port: 5173,
  callback: '/callback',
  variables: ['issuer', 'client_id', 'client_secret', 'audience'],
  takesApiScopes: true,
  members: (situation) => {
    const { localIssuer, hasRedirectUris, origins, use } = situation
    // http on loopback is refused for public web clients of a server that is not under development itself.
    const development = localIssuer && !hasRedirectUris ? origins : []
    return {
      application_type: 'web',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: development.map((origin) => `${origin}${use?.callback ?? '/callback'}`),
      post_logout_redirect_uris: (hasRedirectUris ? origins : development).map((origin) => `${origin}/`),
      scope: scopeOf(['openid', 'profile', 'email'], situation),
      scope_claims_in_id_token: true,
      dpop_bound_access_tokens: true,
      first_party: true,
    }
  },
  reasons: {
    token_endpoint_auth_method: 'whoever opens the page can read what is in it, so a secret would be none',
    redirect_uris: 'the development server; only where this server runs on loopback too',
    scope: sharedReasons.sessionScope,
    scope_claims_in_id_token: sharedReasons.nameAtSignIn,
    dpop_bound_access_tokens:
      'a stolen token is worth nothing without the key, which cannot leave the browser',
    first_party: sharedReasons.ownApplication,
  },
  notes: (metadata) => [
    ...noteOnIdentity(metadata),
    ...(metadata.dpop_bound_access_tokens
      ? [
          'Tokens are bound to a key of the browser (DPoP): @authly-server/browser does that by itself. For a library that cannot: dpop_bound_access_tokens false.',
        ]
      : []),
    ...noteOnConsent(metadata),
  ],
}
