import { noteOnIdentity, type Preset, scopeOf, sharedReasons } from './preset.ts'

/** RFC 8252 §7.3: a program listens on whatever port is free; the port is not compared. */
export const loopbackUris = ['http://127.0.0.1/callback', 'http://[::1]/callback']

export const native: Preset = {
  name: 'native',
  words: 'Programs on people’s own devices: mobile, desktop, command line',
  variables: ['issuer', 'client_id', 'client_secret', 'audience'],
  takesApiScopes: true,
  members: (situation) => {
    const scheme = `com.example.${slugOf(situation.client_name)}`
    const isMobile = situation.use?.private_scheme === true
    return {
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: isMobile ? [`${scheme}:/callback`] : loopbackUris,
      post_logout_redirect_uris: isMobile ? [`${scheme}:/signed-out`] : [],
      scope: scopeOf(['openid', 'profile', 'email', 'offline_access'], situation),
      scope_claims_in_id_token: true,
    }
  },
  reasons: {
    token_endpoint_auth_method: 'a program that everybody can download keeps no secret (RFC 8252 §8.5)',
    redirect_uris: 'a loopback address with any port (RFC 8252 §7.3); on phones a scheme of its own (§7.1)',
    scope: 'with `offline_access`: a program stays signed in when the browser’s session ends',
    scope_claims_in_id_token: sharedReasons.nameAtSignIn,
    dpop_bound_access_tokens:
      'not demanded, because most libraries for phones cannot do it; a program that sends proofs gets bound tokens all the same',
    first_party:
      'any program on a device can claim to be this one (RFC 8252 §8.6), so people are asked for consent',
  },
  notes: (metadata) => [
    ...noteOnIdentity(metadata),
    ...(metadata.redirect_uris.some((uri) => uri.startsWith('com.example.'))
      ? ['Replace com.example… in the redirect URIs by a domain of yours in reverse before others use it.']
      : []),
  ],
}

const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '') || 'app'
