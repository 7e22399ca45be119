/** Clients of oidc-provider in this benchmark; the target sends requests in their name. */

export const peerSecret = 'peer-secret-peer-secret-peer-secret-peer-secret'
export const peerRedirectUri = 'https://app.example/callback'

/** The API that JWT access tokens are for. */
export const resource = 'https://api.example/'
export const scopes = 'orders:read'

const web = (clientId: string, idTokenAlg: 'RS256' | 'ES256') => ({
  ...{ client_id: clientId, client_secret: peerSecret, token_endpoint_auth_method: 'client_secret_post' },
  ...{ redirect_uris: [peerRedirectUri], response_types: ['code'], id_token_signed_response_alg: idTokenAlg },
  grant_types: ['authorization_code', 'refresh_token'],
})

export const peerClients = [
  {
    ...{ client_id: 'machine', client_secret: peerSecret, token_endpoint_auth_method: 'client_secret_post' },
    ...{ redirect_uris: [], response_types: [], grant_types: ['client_credentials'] },
  },
  web('web', 'RS256'),
  web('web-es256', 'ES256'),
  web('opaque', 'RS256'),
]
