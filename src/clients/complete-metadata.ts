/** From what is said of a client to its metadata: what is left out gets its default, whoever registers it. */
import { defaultClientAuthMethod } from '../protocol/client-auth-methods.ts'
import type { RegisteredClient } from './client.ts'
import type { ClientMetadata, Given } from './client-metadata.ts'
import type { Profile } from './profile.ts'
import { demandsOf } from './profiles/index.ts'

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

/** Records whether the caller named a method; `null` is not one, it asks for the default. */
export const withNamedMethod = <Said extends { readonly token_endpoint_auth_method?: unknown }>(
  given: Said,
) =>
  given.token_endpoint_auth_method === undefined
    ? given
    : { ...given, token_endpoint_auth_method_named: given.token_endpoint_auth_method !== null }

/**
 * RFC 7591 §2: members left out, or null, get their default; `response_types` follow the grant types.
 * @param given the name among them
 * @param profile the client's own, or the deployment's
 */
export function completeMetadata(given: Given, profile: Profile): ClientMetadata {
  const present = Object.entries(withNamedMethod(given)).filter(([, value]) => value != null)
  const metadata = { ...metadataDefaultsOf(profile), ...Object.fromEntries(present) } as ClientMetadata
  const usesCode = metadata.grant_types.includes('authorization_code')
  return given.response_types || usesCode ? metadata : { ...metadata, response_types: [] }
}
