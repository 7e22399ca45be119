/** Components shared by many operations: headers, error bodies, ways to authenticate. */
import { readinessComponents, reasons, startupComponents, statuses } from '../../../src/health/health.ts'
import type { Header, Schema } from './openapi-types.ts'

const text = (description: string, example: string): Header => ({
  description,
  schema: { type: 'string', examples: [example] },
})

export const headers: Readonly<Record<string, Header>> = {
  'RateLimit-Policy': text(
    'The policy this request counts for: its name, permits and window in seconds (draft-ietf-httpapi-ratelimit-headers).',
    '"token-client";q=6000;w=60',
  ),
  RateLimit: text(
    'Permits left and seconds until there are more (draft-ietf-httpapi-ratelimit-headers).',
    '"token-client";r=5999;t=60',
  ),
  'Retry-After': {
    description: 'Seconds to wait before the next attempt (RFC 9110 §10.2.3).',
    schema: { type: 'integer', minimum: 1, examples: [2] },
  },
  'WWW-Authenticate': text('How to authenticate (RFC 9110 §11.6.1, RFC 6750 §3).', 'Bearer realm="authly"'),
  'DPoP-Nonce': text(
    'In answers to requests with a proof: the nonce for the next proofs (RFC 9449 §8).',
    'Yx3mVvJq0kZ1r8nT5sWc2A',
  ),
  'Cache-Control': text('Who may keep the answer, and how long (RFC 9111).', 'no-store'),
  Location: {
    description: 'Where to go on.',
    schema: { type: 'string', format: 'uri-reference', examples: ['/login?interaction=authly_in_0f3a'] },
  },
  'Set-Cookie': text(
    'The session or the binding of this browser; `__Host-` cookies, never readable by scripts.',
    '__Host-authly_browser=…; Path=/; Secure; HttpOnly; SameSite=Lax',
  ),
  'Content-Security-Policy': text(
    'Nothing is loaded from elsewhere, no script runs, no frame shows the page.',
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  ),
  'Access-Control-Allow-Origin': text('Browser applications of any origin may read the answer.', '*'),
  ETag: text('The version of what is shown; goes into `If-Match` (RFC 9110 §8.8.3).', '"3"'),
}

const oauthErrorCodes = [
  ...['invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type'],
  ...['invalid_scope', 'invalid_target', 'invalid_token', 'insufficient_scope', 'server_error'],
  ...['temporarily_unavailable', 'unsupported_response_type', 'registration_not_supported'],
  'invalid_request_object',
  ...['invalid_dpop_proof', 'use_dpop_nonce', 'invalid_authorization_details'],
  ...['invalid_redirect_uri', 'invalid_client_metadata'],
]

const string = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more })

const healthOf = (description: string, components: readonly string[]): Schema => ({
  type: 'object',
  description,
  properties: {
    status: string('Of the whole.', { enum: [...statuses] }),
    components: {
      type: 'object',
      properties: Object.fromEntries(components.map((name) => [name, component])),
      required: [...components],
      additionalProperties: false,
    },
  },
  required: ['status', 'components'],
  additionalProperties: false,
})

const component: Schema = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: [...statuses] },
    reason: string('Why it is not `ok`.', { enum: [...reasons] }),
  },
  required: ['status'],
  additionalProperties: false,
}

export const schemas: Readonly<Record<string, Schema>> = {
  OAuthError: {
    type: 'object',
    description: 'RFC 6749 §5.2.',
    properties: {
      error: string('What went wrong, for programs.', { enum: oauthErrorCodes }),
      error_description: string('What went wrong, for developers.'),
    },
    required: ['error', 'error_description'],
    additionalProperties: false,
  },
  TokenResponse: {
    type: 'object',
    description: 'RFC 6749 §5.1, OpenID Connect Core §3.1.3.3.',
    properties: {
      access_token: string('A JWT by RFC 9068.'),
      token_type: string(
        'How to present it: `DPoP` if it is bound to the key of a DPoP proof (RFC 9449 §5).',
        {
          enum: ['Bearer', 'DPoP'],
        },
      ),
      expires_in: { type: 'integer', minimum: 1, description: 'Seconds the access token lives.' },
      scope: string('What was granted, separated by spaces.'),
      refresh_token: string('For the next access token; each is good once.'),
      id_token: string('Who signed in, with scope `openid`: a JWT.'),
    },
    required: ['access_token', 'token_type', 'expires_in'],
    additionalProperties: false,
  },
  PushedRequest: {
    type: 'object',
    description: 'RFC 9126 §2.2.',
    properties: {
      request_uri: string('For the authorization endpoint, beside `client_id` and nothing else.'),
      expires_in: { type: 'integer', minimum: 1, description: 'Seconds in which a sign-in must begin.' },
    },
    required: ['request_uri', 'expires_in'],
    additionalProperties: false,
  },
  Introspection: {
    type: 'object',
    description: 'RFC 7662 §2.2. An inactive token has `active` alone.',
    properties: {
      active: { type: 'boolean', description: 'Whether the token may be used now.' },
      iss: string('The issuer.', { format: 'uri' }),
      sub: string('Whom the token speaks for.'),
      aud: {
        description: 'Whom the token is for.',
        anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
      },
      client_id: string('The client it was issued to.'),
      scope: string('Scopes, separated by spaces.'),
      token_type: string(
        '`Bearer` or `DPoP`; of refresh tokens, only those that are bound to a key have one.',
      ),
      cnf: {
        type: 'object',
        'x-authly-name': 'Confirmation',
        description: 'The key that whoever uses the token must prove to have (RFC 7800 §3.1).',
        properties: {
          jkt: string('Thumbprint of the key of its DPoP proofs (RFC 9449 §6.1).'),
        },
        additionalProperties: true,
      },
      jti: string('Id of the token.'),
      iat: { type: 'integer', description: 'Issued at, seconds since 1970.' },
      exp: { type: 'integer', description: 'Expires at, seconds since 1970.' },
      auth_time: { type: 'integer', description: 'When the person signed in, seconds since 1970.' },
      acr: string('How the person signed in: the class.'),
      amr: {
        type: 'array',
        items: { type: 'string' },
        description: 'How the person signed in: the methods.',
      },
    },
    required: ['active'],
    additionalProperties: true,
  },
  UserInfo: {
    type: 'object',
    description: 'Claims that the scopes and the `claims` parameter gave (OpenID Connect Core §5.1).',
    properties: { sub: string('The person, as this client knows them.') },
    required: ['sub'],
    additionalProperties: true,
  },
  RelatedOrigins: {
    type: 'object',
    properties: { origins: { type: 'array', items: { type: 'string', format: 'uri' } } },
    required: ['origins'],
    additionalProperties: false,
  },
  Liveness: {
    type: 'object',
    properties: { status: { type: 'string', enum: ['ok'] } },
    required: ['status'],
    additionalProperties: false,
  },
  Readiness: healthOf('Whether to send traffic here.', readinessComponents),
  Startup: healthOf('Whether this build may begin to serve.', startupComponents),
  JwkSet: {
    type: 'object',
    description: 'RFC 7517 §5.',
    properties: {
      keys: {
        type: 'array',
        items: {
          type: 'object',
          'x-authly-name': 'Jwk',
          description: 'RFC 7517 §4.',
          properties: {
            kty: string('Key type.'),
            kid: string('Names the key in the header of a token.'),
            alg: string('The one algorithm the key is for.'),
            use: string('`sig`.'),
          },
          required: ['kty', 'kid'],
          additionalProperties: true,
        },
      },
    },
    required: ['keys'],
    additionalProperties: false,
  },
  ClientRegistration: {
    type: 'object',
    description: 'RFC 7591 §2 and OpenID Connect Registration §2. Unknown members are ignored.',
    properties: {
      redirect_uris: { type: 'array', items: { type: 'string' } },
      client_name: string('Shown to people.'),
      token_endpoint_auth_method: string('`none` for public clients.'),
      grant_types: { type: 'array', items: { type: 'string' } },
      response_types: { type: 'array', items: { type: 'string' } },
      scope: string('Scopes it may ask for; left out: all that are open to it.'),
    },
    additionalProperties: true,
  },
  RegisteredClient: {
    type: 'object',
    description: 'RFC 7591 §3.2.1, RFC 7592 §3: what is registered, with the token to change it.',
    properties: {
      client_id: string('The client.'),
      client_id_issued_at: { type: 'integer', description: 'Seconds since the Unix epoch.' },
      client_secret: string('Shown when it is made, and never again.'),
      client_secret_expires_at: { type: 'integer', description: '0: it does not expire.' },
      registration_access_token: string('For the address below.'),
      registration_client_uri: string('Where the client reads, changes and deletes its registration.'),
    },
    required: ['client_id', 'client_id_issued_at', 'registration_access_token', 'registration_client_uri'],
    additionalProperties: true,
  },
  ProtectedResourceMetadata: {
    type: 'object',
    description: 'RFC 9728 §2.',
    properties: {
      resource: string('The resource: what tokens for it have as `aud`.'),
      authorization_servers: { type: 'array', items: { type: 'string' } },
      jwks_uri: string('Keys that answers are signed with.'),
      scopes_supported: { type: 'array', items: { type: 'string' } },
      bearer_methods_supported: { type: 'array', items: { type: 'string' } },
      resource_name: string('What it is called.'),
    },
    required: ['resource', 'authorization_servers'],
    additionalProperties: false,
  },
  Empty: { type: 'object', properties: {}, additionalProperties: false },
}

/** @param scopes every scope that the documentation's own sign-in can request, with its description */
export const securitySchemes = (
  scopes: Readonly<Record<string, string>>,
): Readonly<Record<string, Record<string, unknown>>> => ({
  oauth2: {
    type: 'oauth2',
    description: 'A person signs in (authorization code with PKCE), or a service speaks for itself.',
    flows: {
      authorizationCode: {
        authorizationUrl: '/oauth/authorize',
        tokenUrl: '/oauth/token',
        refreshUrl: '/oauth/token',
        scopes,
      },
      clientCredentials: {
        tokenUrl: '/oauth/token',
        scopes: Object.fromEntries(Object.entries(scopes).filter(([name]) => name.startsWith('admin:'))),
      },
    },
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'An access token for this server (RFC 6750), however it was got. One that is bound to a key goes into `Authorization: DPoP …` instead, with a proof in the header `DPoP` (RFC 9449 §7.1).',
  },
  client_secret_basic: {
    type: 'http',
    scheme: 'basic',
    description:
      'Client id and secret, each form-encoded, then joined by a colon (RFC 6749 §2.3.1). `client_secret_post`, `private_key_jwt` and, for public clients and mutual TLS (RFC 8705), `client_id` alone go into the form.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-authly_session',
    description: 'The sign-in session of a browser.',
  },
})
