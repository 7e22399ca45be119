import { nameAtSignIn, type Preset, scopeOf, withoutIdentity } from './preset.ts'

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
    scope: 'no `offline_access`: refreshing ends with the session, wherever that is ended',
    scope_claims_in_id_token: nameAtSignIn,
    dpop_bound_access_tokens:
      'a stolen token is worth nothing without the key, which cannot leave the browser',
    first_party: 'an application of your own asks nobody for consent to itself',
  },
  notes: (metadata) => [
    ...withoutIdentity(metadata),
    ...(metadata.dpop_bound_access_tokens
      ? [
          'Tokens are bound to a key of the browser (DPoP): @authly-server/browser does that by itself. For a library that cannot: dpop_bound_access_tokens false.',
        ]
      : []),
    ...(metadata.first_party
      ? ['People see no consent page. For an application of somebody else: first_party false.']
      : []),
  ],
}
