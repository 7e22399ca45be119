/** Descriptions of client registration and of protected resource metadata. */
import {
  type AnswerWords,
  type FieldWords,
  json,
  limitHeaders,
  oauthError,
  type RouteWords,
} from '../route-words.ts'

const clientId: FieldWords = {
  name: 'client_id',
  description: 'The client.',
  example: 'app-Zm9vYmFy',
  required: true,
}
const metadata = { client_name: 'Example shop', redirect_uris: ['https://app.example.com/callback'] }
const registered = {
  ...{ client_id: 'app-Zm9vYmFy', client_id_issued_at: 1795968000 },
  ...{ client_secret: 'authly_cs_3q2-7w', client_secret_expires_at: 0 },
  registration_access_token: 'authly_reg_Zm9v',
  registration_client_uri: 'https://auth.example.com/oauth/register/app-Zm9vYmFy',
  ...metadata,
}
const { client_secret: _secret, client_secret_expires_at: _expiry, ...kept } = registered

const refusals: Readonly<Record<number, AnswerWords>> = {
  401: oauthError({ invalid_token: 'the token is not valid here' }, ['WWW-Authenticate']),
  404: oauthError({ invalid_request: 'clients do not register themselves here' }),
  429: oauthError({ temporarily_unavailable: 'too many requests' }, [...limitHeaders, 'Retry-After']),
}
const bodyRefusals: Readonly<Record<number, AnswerWords>> = {
  ...refusals,
  400: oauthError({
    invalid_redirect_uri: 'redirect_uris must use https: http is for loopback addresses only',
    invalid_client_metadata: 'jwks_uri must be an https address',
  }),
  413: oauthError({ invalid_request: 'the body is too large' }),
  415: oauthError({ invalid_request: 'the body must be JSON' }),
}
const security = [{ bearer: [] }]

export const registrationWords: Readonly<Record<string, RouteWords>> = {
  registerClient: {
    description:
      'An application registers itself: with an initial access token, or without where the setting `client_registration.mode` is `open`. Nobody has reviewed it then, and its consent page says so.',
    body: { schema: 'ClientRegistration', example: metadata },
    security: [...security, {}],
    answers: { 201: json('RegisteredClient', { registered }), ...bodyRefusals },
  },
  readRegistration: {
    description:
      'What is registered, for the client itself. Without its secret, of which only a hash is stored.',
    path: [clientId],
    security,
    answers: { 200: json('RegisteredClient', { registered: kept }), ...refusals },
  },
  replaceRegistration: {
    description:
      'Replaces what the client said of itself: what is left out gets its default. The token stays the same. A change takes the review of an administrator back.',
    path: [clientId],
    body: { schema: 'ClientRegistration', example: { client_id: 'app-Zm9vYmFy', ...metadata } },
    security,
    answers: { 200: json('RegisteredClient', { registered: kept }), ...bodyRefusals },
  },
  deleteRegistration: {
    description: 'The client deletes itself, with all consents. Its id is given to no other client.',
    path: [clientId],
    security,
    answers: { 204: { headers: ['Cache-Control'] }, ...refusals },
  },
  getProtectedResourceMetadata: {
    description:
      'For programs that met a 401 of userinfo or the admin API, and look for the server that issues tokens for them.',
    answers: {
      200: {
        ...{ json: 'ProtectedResourceMetadata', headers: ['Cache-Control', 'Access-Control-Allow-Origin'] },
        examples: {
          metadata: {
            resource: 'https://auth.example.com',
            authorization_servers: ['https://auth.example.com'],
            jwks_uri: 'https://auth.example.com/.well-known/jwks.json',
            scopes_supported: ['openid', 'profile', 'admin:users:read'],
            bearer_methods_supported: ['header', 'body'],
            resource_name: 'Authly',
          },
        },
      },
    },
  },
}
