/** Clients of oidc-provider in this benchmark; the target sends requests in their name. */

export const peerSecret = 'peer-secret-peer-secret-peer-secret-peer-secret'
export const peerRedirectUri = 'https://app.example/callback'
export const fapiClient = 'fapi'

/** The API that JWT access tokens are for. */
export const resource = 'https://api.example/'
export const scopes = 'orders:read'

const withSecret = { client_secret: peerSecret, token_endpoint_auth_method: 'client_secret_post' }
const machine = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }
const web = (idTokenAlg: 'RS256' | 'ES256') => ({
  ...{ redirect_uris: [peerRedirectUri], response_types: ['code'], id_token_signed_response_alg: idTokenAlg },
  grant_types: ['authorization_code', 'refresh_token'],
})

/** @param jwks of the clients that sign */
export function clientsWith(jwks: object) {
  const withKey = { jwks, token_endpoint_auth_method: 'private_key_jwt' }
  return [
    { client_id: 'machine', ...withSecret, ...machine },
    { client_id: 'machine-jwt', ...withKey, ...machine },
    { client_id: 'web', ...withSecret, ...web('RS256') },
    { client_id: 'web-es256', ...withSecret, ...web('ES256') },
    { client_id: 'opaque', ...withSecret, ...web('RS256') },
    {
      ...{ client_id: fapiClient, ...withKey, ...web('ES256') },
      ...{ require_pushed_authorization_requests: true, dpop_bound_access_tokens: true },
    },
  ]
}
