/** A client as the API shows it, and the conversion between its row and its metadata. */
import type { z } from 'zod'
import type { ClientOrigin, RegisteredClient } from '../../clients/client.ts'
import type { ClientMetadata } from '../../clients/client-metadata.ts'
import type { Profile } from '../../clients/profile.ts'
import { demandsOf } from '../../clients/profiles/index.ts'
import { acceptedAuthMethods, defaultClientAuthMethod } from '../../protocol/client-auth-methods.ts'
import type { clientSchema } from './client-schemas.ts'

/** The columns of `clients` that differ from the metadata; the others are members of the same name. */
interface ClientRow {
  readonly client_id: string
  readonly origin: ClientOrigin
  readonly scopes: readonly string[]
  readonly default_max_age_seconds: number | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** The defaults of client metadata (RFC 7591 §2; PKCE by OAuth 2.1). */
export const metadataDefaults: Omit<ClientMetadata, 'client_name'> = {
  client_uri: null,
  logo_uri: null,
  policy_uri: null,
  tos_uri: null,
  contacts: [],
  software_id: null,
  software_version: null,
  application_type: 'web',
  token_endpoint_auth_method: defaultClientAuthMethod,
  token_endpoint_auth_method_named: false,
  token_endpoint_auth_signing_alg: null,
  jwks: null,
  jwks_uri: null,
  redirect_uris: [],
  post_logout_redirect_uris: [],
  initiate_login_uri: null,
  backchannel_logout_uri: null,
  backchannel_logout_session_required: false,
  frontchannel_logout_uri: null,
  frontchannel_logout_session_required: false,
  grant_types: ['authorization_code'],
  response_types: ['code'],
  scope: '',
  resources: [],
  serves_resources: [],
  authorization_details_types: [],
  subject_type: 'public',
  sector_identifier_uri: null,
  id_token_signed_response_alg: 'RS256',
  access_token_signed_response_alg: 'ES256',
  userinfo_signed_response_alg: null,
  authorization_signed_response_alg: null,
  introspection_signed_response_alg: null,
  id_token_encrypted_response_alg: null,
  id_token_encrypted_response_enc: null,
  userinfo_encrypted_response_alg: null,
  userinfo_encrypted_response_enc: null,
  authorization_encrypted_response_alg: null,
  authorization_encrypted_response_enc: null,
  introspection_encrypted_response_alg: null,
  introspection_encrypted_response_enc: null,
  default_max_age: null,
  require_auth_time: false,
  default_acr_values: [],
  required_acr_values: [],
  max_sessions_per_user: null,
  enabled: true,
  first_party: false,
  reviewed: true,
  allow_registration: true,
  require_pkce: true,
  nonce_optional: false,
  scope_claims_in_id_token: false,
  profile: null,
  require_pushed_authorization_requests: false,
  require_signed_request_object: false,
  request_object_signing_alg: null,
  request_object_encryption_alg: null,
  request_object_encryption_enc: null,
  request_uris: [],
  dpop_bound_access_tokens: false,
  tls_client_certificate_bound_access_tokens: false,
  tls_client_auth_subject_dn: null,
  tls_client_auth_san_dns: null,
  tls_client_auth_san_uri: null,
  tls_client_auth_san_ip: null,
  tls_client_auth_san_email: null,
  require_request_signing: false,
  admin_ip_allow_list: [],
  access_token_ttl_seconds: null,
  id_token_ttl_seconds: null,
  refresh_token_idle_ttl_seconds: null,
  refresh_token_absolute_ttl_seconds: null,
}

/**
 * The defaults under a profile: where that of everybody contradicts it, what it would be served with. So a client that
 * says nothing of signatures is registered for what it gets.
 */
export function metadataDefaultsOf(profile: Profile): Omit<ClientMetadata, 'client_name'> {
  const pinned = demandsOf(profile).map(({ pins }) => pins?.(metadataDefaults as unknown as RegisteredClient))
  return Object.assign({ ...metadataDefaults }, ...pinned)
}

const metadataNames = ['client_name', ...Object.keys(metadataDefaults)] as (keyof ClientMetadata)[]

/** The metadata in a row. */
export function metadataOf(row: ClientRow): ClientMetadata {
  const named: Record<string, unknown> = {
    ...row,
    scope: row.scopes.join(' '),
    default_max_age: row.default_max_age_seconds,
  }
  return Object.fromEntries(
    metadataNames.map((name) => [name, named[name] ?? (metadataDefaults as Record<string, unknown>)[name]]),
  ) as unknown as ClientMetadata
}

/** Metadata members as columns. */
export function columnsOf(metadata: Partial<ClientMetadata>): Record<string, unknown> {
  const { scope, default_max_age, ...columns } = metadata
  return {
    ...columns,
    ...(scope === undefined ? {} : { scopes: [...new Set(scope.split(' ').filter(Boolean))] }),
    ...(default_max_age === undefined ? {} : { default_max_age_seconds: default_max_age }),
  }
}

type View = z.input<typeof clientSchema>

/** Metadata in an answer. Cast, because the type of the schema has mutable arrays. */
export function toViewMetadata(metadata: ClientMetadata) {
  const { token_endpoint_auth_method_named: _, ...shown } = metadata
  return { ...shown, token_endpoint_auth_methods: acceptedAuthMethods(metadata) } as unknown as Omit<
    View,
    'client_id' | 'origin' | 'created_at' | 'updated_at'
  >
}

/** Records whether the caller named a method; `null` is not one, it asks for the default. */
export const withNamedMethod = <Given extends { readonly token_endpoint_auth_method?: unknown }>(
  given: Given,
) =>
  given.token_endpoint_auth_method === undefined
    ? given
    : { ...given, token_endpoint_auth_method_named: given.token_endpoint_auth_method !== null }

export const toClientView = (row: ClientRow) => ({
  client_id: row.client_id,
  ...toViewMetadata(metadataOf(row)),
  origin: row.origin ?? 'administrator',
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})
