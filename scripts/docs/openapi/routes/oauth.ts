/** Descriptions of the OAuth endpoints. */
import { responseModes } from '../../../../src/oauth/authorize/response-modes/index.ts'
import {
  clientEndpointErrors,
  type FieldWords,
  json,
  limitedPage,
  limitHeaders,
  oauthError,
  page,
  type RouteWords,
  redirect,
} from '../route-words.ts'

const accessToken =
  'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS5jb20ifQ.c2ln'
const refreshToken = 'authly_rt_Zm9y.dGhlLW5leHQtb25l'

const clientId: FieldWords = {
  name: 'client_id',
  description:
    'The client. Needed in the form by public clients, with `client_secret_post`, and with mutual TLS.',
  example: 'demo-spa',
}
/** Form fields for client authentication (RFC 6749 §2.3.1, RFC 7523 §2.2). */
const clientFields: readonly FieldWords[] = [
  clientId,
  {
    name: 'client_secret',
    description: 'For `client_secret_post`, and for clients registered without a method.',
    example: 'authly_cs_3q2-7w',
  },
  {
    name: 'client_assertion_type',
    description: 'For `private_key_jwt` (RFC 7523 §2.2).',
    example: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  },
  {
    name: 'client_assertion',
    description: 'For `private_key_jwt`: a JWT signed by the client, accepted once.',
    example: 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJkZW1vIn0.c2ln',
  },
]
const clientAuthentication = [{ client_secret_basic: [] }, {}]

const token: FieldWords = {
  name: 'token',
  description: 'An access token or a refresh token.',
  example: accessToken,
  required: true,
}
const tokenTypeHint: FieldWords = {
  name: 'token_type_hint',
  description: 'Accepted but not needed: the kind of a token is visible in the token.',
  example: 'access_token',
}
const resource: FieldWords = {
  name: 'resource',
  description:
    'The API the access token is for (RFC 8707); may be repeated. Without it the token is for this server. Not together with admin scopes.',
  example: 'https://api.example.com',
  repeatable: true,
}

const authorizeFields: readonly FieldWords[] = [
  { name: 'client_id', description: 'The client.', example: 'demo-spa', required: true },
  {
    name: 'redirect_uri',
    description:
      'Where the response is sent: exactly as registered. Native clients may use any loopback port.',
    example: 'http://127.0.0.1:8788/callback',
  },
  { name: 'response_type', description: 'Always `code`.', example: 'code', values: ['code'] },
  {
    name: 'code_challenge',
    description: 'BASE64URL(SHA-256(code_verifier)) (RFC 7636 §4.2).',
    example: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  },
  {
    name: 'code_challenge_method',
    description: 'Always `S256`.',
    example: 'S256',
    values: ['S256'],
  },
  { name: 'scope', description: 'Scopes, separated by spaces.', example: 'openid profile email' },
  { name: 'state', description: 'Comes back unchanged: bind it to the browser.', example: 'af0ifjsldkj' },
  {
    name: 'nonce',
    description: 'Comes back in the ID token (OpenID Connect Core §3.1.2.1).',
    example: 'n-0S6_WzA2Mj',
  },
  {
    name: 'dpop_jkt',
    description: 'Thumbprint of the only key that may redeem the code (RFC 9449 §10).',
    example: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
  },
  {
    name: 'response_mode',
    description:
      'How the response is returned. With `jwt`, everything is in one signed parameter, `response` (JARM).',
    example: 'query',
    values: responseModes.map(({ mode }) => mode),
  },
  {
    name: 'prompt',
    description: '`none`, or the pages to show: `login`, `consent`, `select_account`, separated by spaces.',
    example: 'login',
  },
  { name: 'max_age', description: 'Oldest sign-in to accept, in seconds.', example: '3600' },
  {
    name: 'acr_values',
    description: 'Requested authentication contexts, in order of preference.',
    example: 'urn:authly:acr:pwd',
  },
  {
    name: 'login_hint',
    description: 'Username or e-mail address of the person who is about to sign in.',
    example: 'ada@example.com',
  },
  {
    name: 'id_token_hint',
    description: 'An ID token of the expected person.',
    example: 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln',
  },
  { name: 'ui_locales', description: 'Languages of the pages, best first.', example: 'de en' },
  {
    name: 'display',
    description: 'Accepted; the pages fit every screen.',
    example: 'page',
    values: ['page', 'popup', 'touch', 'wap'],
  },
  {
    name: 'claims',
    description: 'Claims by name, as JSON (OpenID Connect Core §5.5).',
    example: '{"userinfo":{"email":null}}',
  },
  resource,
]

const requestObject: FieldWords = {
  name: 'request',
  description:
    'A request object: the parameters as a JWT that the client signed (RFC 9101). Only what is in it counts; `client_id` stands beside it.',
  example: 'eyJhbGciOiJFUzI1NiIsInR5cCI6Im9hdXRoLWF1dGh6LXJlcStqd3QifQ.e30.c2ln',
}
const requestUri: FieldWords = {
  name: 'request_uri',
  description:
    'What the pushed authorization request endpoint answered (RFC 9126), or an address where the client publishes a request object. Only `client_id` is needed beside it.',
  example: 'urn:ietf:params:oauth:request_uri:c2VhbGVk',
}

const authorizeAnswers = {
  200: page,
  303: { ...redirect, headers: [...(redirect.headers ?? [])] },
  400: page,
  429: limitedPage,
}

export const oauthWords: Readonly<Record<string, RouteWords>> = {
  authorize: {
    description:
      'Starts a sign-in: send the browser here. Without a live session or consent it leads to the hosted pages and back. The answer carries `code`, `state` and `iss` (RFC 9207); errors go the same way once client and redirect URI are proven.',
    query: [...authorizeFields, requestObject, requestUri],
    answers: authorizeAnswers,
  },
  authorizeByPost: {
    description: 'The same by POST, for requests too long for a URL: leads to the same request by GET.',
    form: [...authorizeFields, requestObject, requestUri],
    answers: { 303: redirect, 400: page, 413: page, 415: page },
  },
  resumeAuthorization: {
    description:
      'Hosted pages come back here. Not for applications. A sign-in leads to one code: opened again, the link shows a page that leads on.',
    query: [
      {
        name: 'interaction',
        description: 'The sign-in in progress, sealed and bound to this browser.',
        example: 'authly_in_c2VhbGVk',
        required: true,
      },
    ],
    answers: authorizeAnswers,
  },
  pushAuthorizationRequest: {
    description:
      'Takes the parameters of an authorization request from the client itself, checks them as the authorization endpoint does, and answers a `request_uri` to send the browser there with. It works until a response has left, and then no more.',
    form: [...authorizeFields.filter(({ name }) => name !== 'client_id'), requestObject, ...clientFields],
    security: clientAuthentication,
    answers: {
      201: json(
        'PushedRequest',
        { accepted: { request_uri: requestUri.example, expires_in: 300 } },
        limitHeaders,
      ),
      400: oauthError(
        {
          invalid_request: 'code_challenge is missing: PKCE is required',
          invalid_client: 'client authentication failed',
          invalid_scope: 'scope has nothing this client may ask for',
          invalid_target: 'resource is not one this client may ask for',
          invalid_request_object: 'the request object is not valid: it has expired',
          unauthorized_client: 'this client may not use the authorization code grant',
          unsupported_response_type: 'response_type must be code',
        },
        limitHeaders,
      ),
      ...clientEndpointErrors,
    },
  },
  issueToken: {
    description:
      'Exchanges a grant for tokens. `grant_type` decides which other fields count. Each parameter may come once. A used refresh token answers the same successor again within a short grace time; later it ends the whole family. With a DPoP proof in the header `DPoP` the tokens are bound to its key (RFC 9449 §5).',
    form: [
      {
        name: 'grant_type',
        description: 'The grant type.',
        example: 'client_credentials',
        required: true,
        values: ['authorization_code', 'refresh_token', 'client_credentials'],
      },
      { name: 'code', description: 'With `authorization_code`.', example: 'authly_ac_c2VhbGVk' },
      {
        name: 'redirect_uri',
        description: 'With `authorization_code`: as in the authorization request.',
        example: 'http://127.0.0.1:8788/callback',
      },
      {
        name: 'code_verifier',
        description: 'With `authorization_code`: the secret behind `code_challenge` (RFC 7636 §4.5).',
        example: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      },
      { name: 'refresh_token', description: 'With `refresh_token`.', example: refreshToken },
      {
        name: 'scope',
        description: 'Fewer scopes than the grant has, or those of a service.',
        example: 'admin:users:read',
      },
      resource,
      ...clientFields,
    ],
    security: clientAuthentication,
    answers: {
      200: json(
        'TokenResponse',
        {
          service: {
            access_token: accessToken,
            token_type: 'Bearer',
            expires_in: 600,
            scope: 'admin:users:read',
          },
          person: {
            ...{
              access_token: accessToken,
              token_type: 'Bearer',
              expires_in: 600,
              scope: 'openid offline_access',
            },
            ...{ refresh_token: refreshToken, id_token: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI1In0.c2ln' },
          },
        },
        [...limitHeaders, 'DPoP-Nonce'],
      ),
      400: oauthError(
        {
          invalid_request: 'grant_type is missing',
          invalid_client: 'client authentication failed',
          invalid_grant: 'code is not valid',
          invalid_scope: 'scope is not one this client may ask for',
          invalid_target: 'resource is not one this client may ask for',
          unauthorized_client: 'this client may not use this grant_type',
          unsupported_grant_type: 'grant_type is not supported',
          invalid_dpop_proof: 'the DPoP proof was used before',
          use_dpop_nonce: 'the DPoP proof needs the nonce of the DPoP-Nonce header',
        },
        [...limitHeaders, 'DPoP-Nonce'],
      ),
      ...clientEndpointErrors,
    },
  },
  introspectToken: {
    description:
      'What a token says and whether it still lives. Only for clients that prove who they are: the one it was issued to and those it is meant for. Everything else is `{"active": false}`. With `Accept: application/token-introspection+jwt` the answer is a signed JWT (RFC 9701).',
    form: [token, tokenTypeHint, ...clientFields],
    security: [{ client_secret_basic: [] }, {}],
    answers: {
      200: {
        ...json(
          'Introspection',
          {
            active: {
              ...{
                active: true,
                iss: 'https://auth.example.com',
                sub: 'demo-service',
                client_id: 'demo-service',
              },
              ...{ aud: 'https://api.example.com', scope: 'demo:read', token_type: 'Bearer' },
              ...{ iat: 1_790_000_000, exp: 1_790_000_600, jti: '0199d0c2-5d5a-7f3b-9a51-0c8f1a2b3c4d' },
            },
            inactive: { active: false },
          },
          limitHeaders,
        ),
        other: { 'application/token-introspection+jwt': 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJhIn0.c2ln' },
      },
      400: oauthError(
        { invalid_request: 'token is missing', invalid_client: 'client authentication failed' },
        limitHeaders,
      ),
      ...clientEndpointErrors,
    },
  },
  revokeToken: {
    description:
      'Ends a token of this client. A refresh token ends its whole family. A token that is none answers the same (RFC 7009 §2.2).',
    form: [token, tokenTypeHint, ...clientFields],
    security: clientAuthentication,
    answers: {
      200: json('Empty', { revoked: {} }, limitHeaders),
      400: oauthError(
        { invalid_request: 'token is missing', invalid_client: 'client authentication failed' },
        limitHeaders,
      ),
      ...clientEndpointErrors,
    },
  },
}
