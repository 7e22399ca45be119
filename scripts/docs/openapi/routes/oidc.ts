/** Descriptions of the OpenID Connect endpoints. */
import type { Json } from '../openapi-types.ts'
import {
  type AnswerWords,
  type FieldWords,
  json,
  limitedPage,
  oauthError,
  page,
  pageFormErrors,
  type RouteWords,
  redirect,
} from '../route-words.ts'

const publicHeaders = ['Cache-Control', 'Access-Control-Allow-Origin']
const userInfoAnswers: Readonly<Record<number, AnswerWords>> = {
  200: {
    ...json('UserInfo', {
      person: {
        ...{ sub: '0199d0c2-5d5a-7f3b-9a51-0c8f1a2b3c4d', name: 'Ada Lovelace' },
        ...{ email: 'ada@example.com', email_verified: true },
      },
    }),
    other: { 'application/jwt': 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI1In0.c2ln' },
    headers: ['Cache-Control', 'Access-Control-Allow-Origin', 'DPoP-Nonce'],
  },
  400: oauthError({ invalid_request: 'more than one access token' }),
  401: oauthError(
    {
      invalid_token: 'the access token is not valid here',
      invalid_dpop_proof: 'the DPoP proof was used before',
      use_dpop_nonce: 'the DPoP proof needs the nonce of the DPoP-Nonce header',
    },
    ['WWW-Authenticate', 'DPoP-Nonce'],
  ),
  403: oauthError({ insufficient_scope: 'the openid scope is required' }, ['WWW-Authenticate']),
  413: oauthError({ invalid_request: 'the body is too large' }),
  415: oauthError({ invalid_request: 'the body must be application/x-www-form-urlencoded' }),
}
const withoutBody = ({ 413: _tooLarge, 415: _noForm, ...answers }: Readonly<Record<number, AnswerWords>>) =>
  answers

const logoutFields: readonly FieldWords[] = [
  {
    name: 'id_token_hint',
    description: 'An ID token of the session: then nothing is asked. May have expired.',
    example: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI1In0.c2ln',
  },
  { name: 'client_id', description: 'The client, when there is no ID token.', example: 'demo-spa' },
  {
    name: 'post_logout_redirect_uri',
    description: 'Where to go afterwards: exactly as registered.',
    example: 'http://127.0.0.1:8788/',
  },
  { name: 'state', description: 'Comes back at `post_logout_redirect_uri`.', example: 'af0ifjsldkj' },
  { name: 'ui_locales', description: 'Languages of the page, best first.', example: 'de en' },
]

/** @param example the answer of discovery */
export const discoveryWords = (example: Json): Readonly<Record<string, RouteWords>> => {
  const answers = { 200: { json: 'ServerMetadata', headers: publicHeaders, examples: { metadata: example } } }
  return {
    getOpenIdConfiguration: {
      description: 'Where everything is and what is supported. Read this instead of relying on paths.',
      answers,
    },
    getAuthorizationServerMetadata: { description: 'The same document under the name of RFC 8414.', answers },
  }
}

export const oidcWords: Readonly<Record<string, RouteWords>> = {
  getRelatedOrigins: {
    description:
      'Browsers ask for it when a page of another domain wants to use a passkey of this one: after a move, for example.',
    answers: {
      200: {
        ...{ json: 'RelatedOrigins', headers: ['Cache-Control'] },
        examples: { moved: { origins: ['https://login.example.com', 'https://login.new.example'] } },
      },
    },
  },
  getJwks: {
    description: 'Keys are listed before they sign and long after, so caching for the stated time is safe.',
    answers: {
      200: {
        json: 'JwkSet',
        headers: publicHeaders,
        examples: {
          keys: {
            keys: [
              {
                ...{ kty: 'EC', crv: 'P-256', kid: 'mHn1vT0r', alg: 'ES256', use: 'sig' },
                ...{
                  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
                  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
                },
              },
            ],
          },
        },
      },
    },
  },
  getUserInfo: {
    description:
      'The token must be for this server and carry the scope `openid`. A bound one comes as `Authorization: DPoP …`, with a proof in the header `DPoP` (RFC 9449 §7.1).',
    security: [{ oauth2: ['openid'] }, { bearer: [] }],
    answers: withoutBody(userInfoAnswers),
  },
  getUserInfoByPost: {
    description: 'The same by POST: the token in the header, or alone in the form (RFC 6750 §2.2).',
    security: [{ oauth2: ['openid'] }, { bearer: [] }],
    form: [
      {
        name: 'access_token',
        description: 'The access token, when it is not in the header.',
        example: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
      },
    ],
    answers: userInfoAnswers,
  },
  logout: {
    description:
      'Signs the person out of this server, for an application. Without a fitting ID token they are asked first.',
    query: logoutFields,
    answers: { 200: page, 303: redirect, 400: page, 429: limitedPage },
  },
  logoutByPost: {
    description:
      'The same by POST, which keeps the ID token out of addresses: leads to the same request by GET, sealed.',
    form: logoutFields,
    answers: { 303: redirect, 400: page, 413: page, 415: page },
  },
  confirmLogout: {
    description: 'The form of the question. Not for applications.',
    form: [
      { name: 'csrf_token', description: 'From the page.', example: 'b25lLXRpbWU', required: true },
      {
        name: 'return_to',
        description: 'From the page: where to go afterwards, sealed.',
        example: 'c2VhbGVk',
      },
    ],
    security: [{ session: [] }],
    answers: { 200: page, 303: redirect, ...pageFormErrors },
  },
  checkSession: {
    description:
      'A page for frames of applications: they post `client_id session_state` to it and get `unchanged`, `changed` or `error`. Only where `AUTHLY_SESSION_MANAGEMENT` is set.',
    answers: { 200: page, 404: page },
  },
}
