/** The shape of each member of a client. Rules between members are in src/clients/check-client-metadata.ts. */

import { z } from 'zod'
import { knownClasses } from '../../authentication/acr.ts'
import { profiles } from '../../clients/profile.ts'
import { contentEncryptions, decryptionAlgs, encryptionAlgs, signingAlgs } from '../../keys/algorithms.ts'
import { singleLinePattern } from '../../kit/patterns.ts'
import { responseTypes } from '../../oauth/authorize/check-response-type.ts'
import { grantTypes } from '../../oauth/grants/index.ts'
import { clientAuthMethodNames } from '../../protocol/client-auth-methods.ts'
import { scopeListPattern } from '../../protocol/scope-parameter.ts'

const uri = (description: string) =>
  z
    .string()
    .min(1)
    .max(2048)
    .refine((text) => URL.canParse(text), 'must be a URI')
    .meta({ description, format: 'uri' })
const uris = (description: string) =>
  z
    .array(z.string().min(1).max(2048))
    .max(50)
    .meta({ description, example: ['https://app.example.com/callback'] })
const label = (description: string, max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // Attack: a name with control characters breaks out of its line on the consent page or in a log.
    .regex(singleLinePattern, 'must not contain control characters')
    .meta({ description })
const seconds = (description: string, min: number, max: number) =>
  z.number().int().min(min).max(max).meta({ description, example: max })
const distinct = <T extends z.ZodType>(item: T, max: number, description: string) =>
  z
    .array(item)
    .max(max)
    .refine((values) => new Set(values).size === values.length, 'must not repeat a value')
    .meta({ description, uniqueItems: true })

const grantTypeNames = grantTypes.map(({ type }) => type) as [string, ...string[]]
const alg = (description: string) => z.enum(signingAlgs).meta({ description })
const encryption = (description: string) => z.enum(encryptionAlgs).meta({ description })
const content = (description: string) => z.enum(contentEncryptions).meta({ description })
const day = 86_400

/** Members that always have a value; left out or `null`, they get their default. */
export const valued = {
  contacts: distinct(
    z.string().min(3).max(254),
    20,
    'People responsible for the client, e.g. e-mail addresses',
  ),
  application_type: z.enum(['web', 'native']).meta({
    description: '`native` runs on people’s devices: loopback and private-use redirect URIs are allowed',
  }),
  token_endpoint_auth_method: z.enum(clientAuthMethodNames).meta({
    description:
      '`none` is a public client. Default `client_secret_basic` (RFC 7591 §2); libraries differ about that, so where no method is named `client_secret_post` does too. A method that is named is the only one.',
  }),
  redirect_uris: uris(
    'Where codes may be sent: compared exactly, but for the port of loopback addresses of native clients',
  ),
  post_logout_redirect_uris: uris('Where people may be sent after signing out'),
  grant_types: distinct(z.enum(grantTypeNames), 10, 'Ways to get tokens; default `authorization_code`').meta({
    example: ['authorization_code'],
  }),
  response_types: distinct(
    z.enum(responseTypes),
    4,
    '`code` exactly if the grant type is `authorization_code`',
  ).meta({
    example: ['code'],
  }),
  scope: z
    .string()
    .max(8192)
    .regex(scopeListPattern, 'must be scope values separated by one space')
    .meta({
      description: 'Scopes the client may ask for, space-separated (RFC 7591 §2)',
      example: 'openid profile',
      'x-authly-list': { separator: ' ' },
    }),
  resources: distinct(
    z.string().min(1).max(2048),
    50,
    'Resource servers it may ask tokens for (RFC 8707)',
  ).meta({
    example: [],
  }),
  serves_resources: distinct(
    z.string().min(1).max(2048),
    50,
    'Resource servers it operates: it may introspect their tokens (RFC 7662)',
  ).meta({ example: [] }),
  authorization_details_types: distinct(
    z.string().min(1).max(200),
    50,
    'Types of authorization details it may ask for (RFC 9396)',
  ).meta({ example: [] }),
  subject_type: z.enum(['public', 'pairwise']).meta({
    description:
      'Whether all clients see the same `sub`, or each sector its own. Changing it, or the sector of a pairwise client, gives everybody another `sub` there',
  }),
  id_token_signed_response_alg: alg('What ID tokens are signed with; default RS256'),
  access_token_signed_response_alg: alg('What access tokens are signed with; default ES256'),
  require_auth_time: z.boolean().meta({ description: 'ID tokens always say when the person signed in' }),
  default_acr_values: distinct(
    z.string().min(1).max(255),
    10,
    'Authentication contexts (`acr`) asked for where a request names none',
  ).meta({
    example: [],
  }),
  required_acr_values: distinct(
    z.enum(knownClasses),
    knownClasses.length,
    'Authentication contexts (`acr`): every sign-in to it reaches one of them or a stronger one; empty: any',
  ).meta({ example: [] }),
  enabled: z
    .boolean()
    .meta({ description: 'A disabled client gets no tokens, and those it has stop working here' }),
  first_party: z.boolean().meta({ description: 'Skips the consent page' }),
  reviewed: z.boolean().meta({
    description:
      'Whether an administrator vouches for it. Clients that register themselves, or that are named by their document, are not reviewed at first: people always see their consent page, without logo and links, and they get no more than is open to everybody. A change of theirs takes the review back',
  }),
  allow_registration: z.boolean().meta({
    description: 'People may register on their way to it, where the setting `registration.mode` lets them',
  }),
  require_pkce: z.boolean().meta({
    description:
      'Authorization requests need PKCE. May be false only for confidential OpenID Connect clients, which must send a nonce unless `nonce_optional` says otherwise',
  }),
  nonce_optional: z.boolean().meta({
    description:
      'Only with `require_pkce` false: a code request may come without PKCE and without nonce (OpenID Connect Core §3.1.2.1). Nothing shows then that somebody injected a stolen code (RFC 9700 §2.1.1)',
  }),
  scope_claims_in_id_token: z.boolean().meta({
    description:
      'The ID token carries the claims of the granted scopes (`profile`, `email`, `address`, `phone`) as userinfo does; costs a database query at each ID token, and while the database is unavailable they are left out',
  }),
  require_pushed_authorization_requests: z.boolean().meta({
    description: 'Authorization requests must be pushed first (RFC 9126 §6)',
  }),
  require_signed_request_object: z.boolean().meta({
    description: 'Authorization requests must be signed request objects (RFC 9101 §10.5)',
  }),
  request_uris: distinct(
    uri('Address of a request object'),
    20,
    'Where it publishes request objects (OpenID Connect Core §6.2): no other `request_uri` is fetched. A fragment is not compared',
  ).meta({ example: [] }),
  dpop_bound_access_tokens: z.boolean().meta({
    description: 'Token requests must carry a DPoP proof; tokens are bound to its key (RFC 9449 §5.2)',
  }),
  tls_client_certificate_bound_access_tokens: z.boolean().meta({
    description: 'Token requests must come with a client certificate; tokens are bound to it (RFC 8705 §3.4)',
  }),
  backchannel_logout_session_required: z.boolean().meta({
    description: 'It needs `sid` in logout tokens, which all of them have',
  }),
  frontchannel_logout_session_required: z.boolean().meta({
    description: 'The frame of `frontchannel_logout_uri` gets `iss` and `sid`',
  }),
  require_request_signing: z.boolean().meta({
    description: 'Admin requests of this client count only when signed with one of its keys (RFC 9421)',
  }),
  admin_ip_allow_list: distinct(
    z.string().min(2).max(64),
    200,
    'CIDR ranges its admin requests may come from; empty: any',
  ).meta({ example: [] }),
}

/** Members that may have no value: `null`. */
export const clearable = {
  profile: z.enum(profiles).meta({
    description: 'The profile it follows, which demands and forbids more; `null`: the one of the deployment',
    example: 'oidc',
  }),
  client_uri: uri('Home page'),
  logo_uri: uri('Logo'),
  policy_uri: uri('Page about how it uses data'),
  tos_uri: uri('Page with its terms of service'),
  software_id: label('Which software it is, the same for all its installations', 255),
  software_version: label('Which version of it', 255),
  token_endpoint_auth_signing_alg: z.string().min(1).max(20).meta({
    description: 'The only algorithm for `private_key_jwt`',
    example: 'ES256',
  }),
  request_object_signing_alg: z.string().min(1).max(20).meta({
    description: 'The only algorithm of its request objects; `null`: any that the server accepts',
    example: 'ES256',
  }),
  request_object_encryption_alg: z.enum(decryptionAlgs).meta({
    description:
      'What keys of its request objects are encrypted with, if they are encrypted; the server then has a key for it at its `jwks_uri`. `null`: any that it has a key for',
  }),
  request_object_encryption_enc: content('How its request objects are encrypted then; `null`: in any way'),
  jwks: z
    .strictObject({
      keys: z
        .array(z.looseObject({ kty: z.string() }).meta({ 'x-authly-name': 'ClientJwk' }))
        .min(1)
        .max(20),
    })
    .meta({
      'x-authly-name': 'ClientJwks',
      description: 'Public keys (RFC 7517); not together with `jwks_uri`',
      example: {
        keys: [
          {
            ...{ kty: 'EC', crv: 'P-256', kid: '2026-11', alg: 'ES256' },
            ...{
              x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
              y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
            },
          },
        ],
      },
    }),
  jwks_uri: uri(
    'Where its public keys are: https on port 443, or on a `host:port` of `AUTHLY_FETCH_HOSTS`',
  ).meta({ example: 'https://app.example.com/jwks.json' }),
  tls_client_auth_subject_dn: z.string().min(3).max(1024).meta({
    description:
      'For `tls_client_auth`: the subject of its certificate as text (RFC 4514), the last relative name first',
    example: 'CN=payments,O=Example Bank,C=DE',
  }),
  tls_client_auth_san_dns: z.string().min(1).max(253).meta({
    description: 'For `tls_client_auth`: a DNS name among the alternative names of its certificate',
    example: 'payments.example.com',
  }),
  tls_client_auth_san_uri: uri(
    'For `tls_client_auth`: a URI among the alternative names of its certificate, as it is there',
  ).meta({ example: 'spiffe://example.com/payments' }),
  tls_client_auth_san_ip: z.string().min(2).max(45).meta({
    description: 'For `tls_client_auth`: an IP address among the alternative names of its certificate',
    example: '203.0.113.7',
  }),
  tls_client_auth_san_email: z.string().min(3).max(254).meta({
    description: 'For `tls_client_auth`: an e-mail address among the alternative names of its certificate',
    example: 'payments@example.com',
  }),
  initiate_login_uri: uri(
    'Where a sign-in can be started from outside (OpenID Connect Core §4); people find it among their applications',
  ),
  backchannel_logout_uri: uri(
    'Gets a logout token when a session ends in which a person was signed in to it (OpenID Connect Back-Channel Logout 1.0): https on port 443, or on a `host:port` of `AUTHLY_FETCH_HOSTS`',
  ),
  frontchannel_logout_uri: uri(
    'Loaded in a frame of the page after a sign-out (OpenID Connect Front-Channel Logout 1.0): https, at the origin of a redirect URI',
  ),
  sector_identifier_uri: uri('JSON array of all redirect URIs; fetched now (OpenID Connect Core §8.1)'),
  userinfo_signed_response_alg: alg('What userinfo is signed with, as a JWT; `null`: JSON'),
  authorization_signed_response_alg: alg(
    'What authorization responses of the response modes with `jwt` are signed with (JARM); `null`: RS256, or ES256 where the profile forbids that',
  ),
  introspection_signed_response_alg: alg(
    'What introspection responses are signed with (RFC 9701), and that this API is answered so unless it asks for JSON; `null`: RS256, or ES256 where the profile forbids that, if it asks',
  ),
  id_token_encrypted_response_alg: encryption(
    'What keys of ID tokens are encrypted with, to a key in `jwks` or at `jwks_uri`; `null`: not encrypted',
  ),
  id_token_encrypted_response_enc: content('How ID tokens are encrypted then; `null`: A128CBC-HS256'),
  userinfo_encrypted_response_alg: encryption(
    'What keys of userinfo are encrypted with, to a key in `jwks` or at `jwks_uri`; `null`: not encrypted; without `userinfo_signed_response_alg` it is not signed',
  ),
  userinfo_encrypted_response_enc: content('How userinfo are encrypted then; `null`: A128CBC-HS256'),
  authorization_encrypted_response_alg: encryption(
    'What keys of authorization responses are encrypted with, to a key in `jwks` or at `jwks_uri`; `null`: not encrypted',
  ),
  authorization_encrypted_response_enc: content(
    'How authorization responses are encrypted then; `null`: A128CBC-HS256',
  ),
  introspection_encrypted_response_alg: encryption(
    'What keys of introspection responses are encrypted with, to a key in `jwks` or at `jwks_uri`; `null`: not encrypted',
  ),
  introspection_encrypted_response_enc: content(
    'How introspection responses are encrypted then; `null`: A128CBC-HS256',
  ),
  default_max_age: seconds('Who signed in longer ago than these seconds signs in again', 0, 366 * day).meta({
    example: 3600,
  }),
  max_sessions_per_user: z.number().int().min(1).max(100).meta({
    description:
      'How many of a person’s sessions may be signed in to it at a time; `sessions.when_full` says what happens to more. `null`: any number',
    example: 1,
  }),
  access_token_ttl_seconds: seconds('Lifetime of access tokens; `null`: the configured one', 30, day).meta({
    example: 600,
  }),
  id_token_ttl_seconds: seconds('Lifetime of ID tokens; `null`: the configured one', 30, day).meta({
    example: 600,
  }),
  refresh_token_idle_ttl_seconds: seconds(
    'Until an unused refresh token ends; `null`: as configured',
    60,
    366 * day,
  ),
  refresh_token_absolute_ttl_seconds: seconds(
    'Until refreshing ends in any case; `null`: as configured',
    60,
    366 * day,
  ),
}

export const clientName = label('Shown to people', 100).meta({ example: 'Example shop' })
