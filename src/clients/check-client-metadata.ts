/**
 * Rules across the members of a client's metadata (RFC 7591 §2, OpenID Connect Registration §2, RFC 9700). Pure,
 * so that each is a row in a test table. Shapes and single values are checked before, by schema; what needs the
 * database or the network (do the scopes exist, does the sector list the URIs) is checked after.
 */

import { knownClasses } from '../authentication/acr.ts'
import { nameFaults } from '../certificates/check-names.ts'
import { nameMembers } from '../certificates/match-name.ts'
import type { MtlsSettings } from '../certificates/mtls-settings.ts'
import { checkAddress, type FetchRules } from '../kit/guarded-fetch.ts'
import type { Fault } from '../kit/problem.ts'
import { isLoopbackHost } from '../kit/public-host.ts'
import { assertionSigningAlgs, usesCertificate } from '../protocol/client-auth-methods.ts'
import { isAdminScope } from '../protocol/scope-parameter.ts'
import { publicJwksFaults } from './check-public-jwks.ts'
import { redirectUriFault } from './check-redirect-uri.ts'
import { isConfidential } from './client.ts'
import { type ClientMetadata, hasKeys, scopesOf } from './client-metadata.ts'
import { encryptedResponses } from './encryption.ts'
import { mayEncryptTo } from './encryption-key.ts'
import type { Profile } from './profile.ts'
import { profileFaults } from './profiles/index.ts'

export interface MetadataContext extends FetchRules {
  /** Development: this server itself runs on loopback. */
  readonly localIssuer: boolean
  /** undefined: certificates of clients do not arrive. */
  readonly mtls: MtlsSettings | undefined
  /** The deployment's, for clients that have none of their own. */
  readonly profile: Profile
}

type Rule = (metadata: ClientMetadata, context: MetadataContext) => readonly Fault[]

/** The faults of a client's metadata, each with its location; empty when it can be registered. */
export const checkClientMetadata: Rule = (metadata, context) =>
  rules.flatMap((rule) => rule(metadata, context))

const fault = (pointer: string, detail: string): Fault => ({ pointer: `#/${pointer}`, detail })
const when = (condition: boolean, pointer: string, detail: string): readonly Fault[] =>
  condition ? [fault(pointer, detail)] : []

const redirects: Rule = (metadata, { localIssuer }) => {
  const context = {
    application_type: metadata.application_type,
    confidential: isConfidential(metadata),
    localIssuer,
  }
  const lists = ['redirect_uris', 'post_logout_redirect_uris'] as const
  return [
    ...lists.flatMap((list) =>
      metadata[list].flatMap((uri, index) => {
        const isRepeated = metadata[list].indexOf(uri) !== index
        const detail = isRepeated ? 'is there twice' : redirectUriFault(uri, context)
        return when(detail !== undefined, `${list}/${index}`, detail ?? '')
      }),
    ),
    ...when(
      metadata.grant_types.includes('authorization_code') && metadata.redirect_uris.length === 0,
      'redirect_uris',
      'must name at least one: authorization_code sends its codes there',
    ),
  ]
}

/** RFC 7591 §2.1: response types need their grant types. */
const grants: Rule = (metadata) => {
  const { grant_types: granted, response_types: responses } = metadata
  const usesCode = granted.includes('authorization_code')
  return [
    ...when(
      usesCode !== responses.includes('code'),
      'response_types',
      usesCode
        ? 'must contain code for the grant type authorization_code'
        : 'must be empty without authorization_code',
    ),
    ...when(
      granted.includes('refresh_token') && !usesCode,
      'grant_types',
      'refresh_token needs authorization_code: nothing else issues refresh tokens',
    ),
    ...when(
      granted.length === 0 && metadata.serves_resources.length === 0,
      'grant_types',
      'must not be empty, except for an API that only introspects (serves_resources)',
    ),
    ...when(
      granted.includes('client_credentials') && !isConfidential(metadata),
      'grant_types',
      'client_credentials needs a client that authenticates (RFC 6749 §4.4)',
    ),
  ]
}

/** Whether signatures of its own can be verified: what is at an address is known only when one is. */
const hasSigningKeys = ({ jwks, jwks_uri }: ClientMetadata): boolean =>
  jwks_uri !== null || jwks?.keys.some(({ use }) => use !== 'enc') === true

const authentication: Rule = (metadata, context) => {
  const { token_endpoint_auth_method: method, jwks, jwks_uri: uri } = metadata
  const alg = metadata.token_endpoint_auth_signing_alg
  const canVerify = hasSigningKeys(metadata)
  return [
    ...when(jwks !== null && uri !== null, 'jwks_uri', 'must not be there together with jwks (RFC 7591 §2)'),
    ...when(
      method === 'private_key_jwt' && !canVerify,
      'token_endpoint_auth_method',
      'private_key_jwt needs jwks or jwks_uri',
    ),
    ...when(
      method === 'self_signed_tls_client_auth' && !canVerify,
      'token_endpoint_auth_method',
      'self_signed_tls_client_auth needs jwks or jwks_uri with the key of the certificate (RFC 8705 §2.2.2)',
    ),
    ...when(
      alg !== null && method !== 'private_key_jwt',
      'token_endpoint_auth_signing_alg',
      'is for private_key_jwt only',
    ),
    ...signingAlg('token_endpoint_auth_signing_alg', alg),
    ...when(
      metadata.require_request_signing && !canVerify,
      'require_request_signing',
      'needs jwks or jwks_uri: requests are verified with these keys',
    ),
    ...when(
      metadata.serves_resources.length > 0 && !isConfidential(metadata),
      'serves_resources',
      'needs a client that authenticates (RFC 7662 §2.1)',
    ),
    ...(jwks === null ? [] : publicJwksFaults(jwks)),
    ...(uri === null ? [] : fetchedAddress('jwks_uri', uri, context)),
  ]
}

/** RFC 9101 §6.2: request objects are verified with the client's keys. */
const requestObjects: Rule = (metadata, context) => {
  const { request_object_signing_alg: alg, request_uris: uris } = metadata
  return [
    ...signingAlg('request_object_signing_alg', alg),
    ...when(
      metadata.require_signed_request_object && !hasKeys(metadata),
      'require_signed_request_object',
      'needs jwks or jwks_uri: request objects are verified with these keys',
    ),
    ...when(
      metadata.request_object_encryption_enc !== null && metadata.request_object_encryption_alg === null,
      'request_object_encryption_enc',
      'is only for clients with request_object_encryption_alg',
    ),
    ...when(
      uris.length > 0 && !hasKeys(metadata),
      'request_uris',
      'need jwks or jwks_uri, for the same reason',
    ),
    ...uris.flatMap((uri, index) => fetchedAddress(`request_uris/${index}`, uri, context)),
  ]
}

/** OpenID Connect Registration §2, JARM §3, RFC 9701 §6: what is encrypted needs a key of the client. */
const encryption: Rule = (metadata) =>
  encryptedResponses.flatMap((response) => {
    const [alg, enc] = [`${response}_encrypted_response_alg`, `${response}_encrypted_response_enc`] as const
    const wanted = metadata[alg]
    if (wanted === null) return when(metadata[enc] !== null, enc, `is only for clients with ${alg}`)
    return [
      ...when(!hasKeys(metadata), alg, 'needs jwks or jwks_uri: to whose key?'),
      ...when(
        metadata.jwks !== null && !metadata.jwks.keys.some((key) => mayEncryptTo(key, wanted)),
        alg,
        'needs a key in jwks that fits: by kty, use and alg, where it has them',
      ),
    ]
  })

/** RFC 8705 §2: only what this deployment can see of a certificate may be relied on. */
const certificates: Rule = (metadata, { mtls }) => {
  const { token_endpoint_auth_method: method } = metadata
  const bound = metadata.tls_client_certificate_bound_access_tokens
  const named = nameMembers.filter((member) => metadata[member] !== null)
  const isNamed = method === 'tls_client_auth'
  return [
    ...when(
      usesCertificate(method) && mtls === undefined,
      'token_endpoint_auth_method',
      'needs mutual TLS, which is off here (AUTHLY_MTLS_ORIGIN)',
    ),
    ...when(
      isNamed && mtls?.verifiesChains === false,
      'token_endpoint_auth_method',
      'needs a proxy that verifies certificates (AUTHLY_PROXY_VERIFIES_CERTIFICATES)',
    ),
    ...when(
      bound && mtls === undefined,
      'tls_client_certificate_bound_access_tokens',
      'needs mutual TLS, which is off here (AUTHLY_MTLS_ORIGIN)',
    ),
    ...when(
      isNamed && named.length !== 1,
      named[1] ?? 'token_endpoint_auth_method',
      `tls_client_auth needs exactly one of ${nameMembers.join(', ')} (RFC 8705 §2.1.2)`,
    ),
    ...named.flatMap((member) => [
      ...when(!isNamed, member, 'is for tls_client_auth only'),
      ...nameFaults(member, metadata[member] ?? '').map((detail) => fault(member, detail)),
    ]),
  ]
}

const signingAlg = (pointer: string, alg: string | null): readonly Fault[] =>
  when(
    alg !== null && !(assertionSigningAlgs as readonly string[]).includes(alg),
    pointer,
    `must be one of ${assertionSigningAlgs.join(', ')}`,
  )

/**
 * Attack: server-side request forgery. The same guard precedes every fetch; here it reports the fault at
 * registration.
 */
function fetchedAddress(pointer: string, uri: string, rules: FetchRules): readonly Fault[] {
  const checked = checkAddress(uri, rules)
  if (checked.ok) return []
  const why = checked.error.kind === 'address_refused' ? checked.error.detail : checked.error.kind
  return [fault(pointer, `must be an https address that this server may fetch: ${why}`)]
}

/** OpenID Connect Core §8.1: clients that share a sector share subjects, so the sector must be unambiguous. */
const sector: Rule = (metadata, context) => {
  const { subject_type, sector_identifier_uri: uri, redirect_uris } = metadata
  if (subject_type === 'public') {
    return when(uri !== null, 'sector_identifier_uri', 'is for subject_type pairwise only')
  }
  const hosts = new Set(redirect_uris.filter((address) => URL.canParse(address)).map(ownerOf))
  return [
    ...when(
      uri === null && hosts.size > 1,
      'sector_identifier_uri',
      'is required: the redirect URIs of a pairwise client have several hosts (OpenID Connect Core §8.1)',
    ),
    ...(uri === null ? [] : fetchedAddress('sector_identifier_uri', uri, context)),
  ]
}

/**
 * Private-use schemes and loopback addresses do not identify an owner: such an application is its own sector
 * (subject.ts).
 */
const ownerOf = (address: string): string => {
  const { host, hostname } = new URL(address)
  return isLoopbackHost(hostname) ? '' : host
}

/** RFC 9700 §2.1.1: without PKCE only the nonce of an ID token detects an injected code. */
export const mayDoWithoutPkce = (metadata: ClientMetadata): boolean =>
  isConfidential(metadata) && scopesOf(metadata).includes('openid')

const pkce: Rule = (metadata) => [
  ...when(
    !metadata.require_pkce && !mayDoWithoutPkce(metadata),
    'require_pkce',
    'may be false only for clients that authenticate and use OpenID Connect (scope openid)',
  ),
  ...when(
    metadata.nonce_optional && metadata.require_pkce,
    'nonce_optional',
    'is only for clients whose require_pkce is false: with PKCE a nonce is optional anyway',
  ),
]

/** Attack: whoever registers a client makes it skip consent, or reach the administration. */
const review: Rule = (metadata) =>
  metadata.reviewed
    ? []
    : [
        ...when(metadata.first_party, 'first_party', 'is for reviewed clients only'),
        ...when(
          scopesOf(metadata).some(isAdminScope),
          'scope',
          'has admin scopes: they are for reviewed clients only',
        ),
        ...when(metadata.serves_resources.length > 0, 'serves_resources', 'is for reviewed clients only'),
      ]

const lifetimes: Rule = ({
  refresh_token_idle_ttl_seconds: idle,
  refresh_token_absolute_ttl_seconds: absolute,
}) =>
  when(
    idle !== null && absolute !== null && idle > absolute,
    'refresh_token_idle_ttl_seconds',
    'must not be longer than refresh_token_absolute_ttl_seconds',
  )

const contexts: Rule = ({ default_acr_values: values }) =>
  values.flatMap((value, index) =>
    when(
      !knownClasses.includes(value),
      `default_acr_values/${index}`,
      `must be one of ${knownClasses.join(', ')}`,
    ),
  )

/** Attack: a `javascript:` link on our consent page. */
const links: Rule = (metadata) =>
  (['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri'] as const).flatMap((name) => {
    const uri = metadata[name]
    const isFine = uri === null || (/^https:\/\/[^\s/@]+(\/|\?|#|$)/.test(uri) && URL.canParse(uri))
    return when(!isFine, name, 'must be an https address')
  })

/** Where it is told of sign-outs (Back-Channel Logout 1.0 §2.2, Front-Channel Logout 1.0 §2). */
const logout: Rule = (metadata, context) => {
  const { backchannel_logout_uri: back, frontchannel_logout_uri: front, redirect_uris } = metadata
  const origins = redirect_uris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).origin)
  return [
    ...(back === null
      ? []
      : [
          ...withoutFragment('backchannel_logout_uri', back),
          ...fetchedAddress('backchannel_logout_uri', back, context),
        ]),
    ...when(
      metadata.backchannel_logout_session_required && back === null,
      'backchannel_logout_session_required',
      'needs backchannel_logout_uri',
    ),
    ...(front === null
      ? []
      : [...withoutFragment('frontchannel_logout_uri', front), ...framedAddress(front, origins, context)]),
    ...when(
      metadata.frontchannel_logout_session_required && front === null,
      'frontchannel_logout_session_required',
      'needs frontchannel_logout_uri',
    ),
  ]
}

const withoutFragment = (pointer: string, uri: string): readonly Fault[] =>
  when(uri.includes('#'), pointer, 'must not have a fragment')

/** Attack: our page shows in a frame what belongs to somebody else than the client. */
function framedAddress(
  uri: string,
  origins: readonly string[],
  { allowLoopbackFetch }: MetadataContext,
): readonly Fault[] {
  const { protocol, hostname, origin, username, password } = new URL(uri)
  const isLocal = allowLoopbackFetch && isLoopbackHost(hostname) && protocol === 'http:'
  return [
    ...when(protocol !== 'https:' && !isLocal, 'frontchannel_logout_uri', 'must be an https address'),
    ...when(username + password !== '', 'frontchannel_logout_uri', 'must not contain a password'),
    ...when(
      !origins.includes(origin),
      'frontchannel_logout_uri',
      'must have the scheme, host and port of a redirect URI (OpenID Connect Front-Channel Logout 1.0 §2)',
    ),
  ]
}

const profile: Rule = (metadata, context) => profileFaults(metadata, metadata.profile ?? context.profile)

const rules: readonly Rule[] = [
  redirects,
  grants,
  authentication,
  requestObjects,
  encryption,
  certificates,
  sector,
  pkce,
  review,
  lifetimes,
  contexts,
  links,
  logout,
  profile,
]
