/**
 * Who sets which member of a client. What a client registers of itself is validated like what an administrator
 * registers, but what grants it anything, or exempts it from a rule, is never its own to say.
 */
import type { ClientMetadata } from '../clients/client-metadata.ts'

/** Complete by its type: a new member must be put to one side. */
const owners: Readonly<Record<keyof ClientMetadata, 'client' | 'administrator'>> = {
  client_name: 'client',
  client_uri: 'client',
  logo_uri: 'client',
  policy_uri: 'client',
  tos_uri: 'client',
  contacts: 'client',
  software_id: 'client',
  software_version: 'client',
  application_type: 'client',
  token_endpoint_auth_method: 'client',
  token_endpoint_auth_method_named: 'administrator',
  token_endpoint_auth_signing_alg: 'client',
  jwks: 'client',
  jwks_uri: 'client',
  redirect_uris: 'client',
  post_logout_redirect_uris: 'client',
  initiate_login_uri: 'client',
  grant_types: 'client',
  response_types: 'client',
  scope: 'client',
  resources: 'administrator',
  serves_resources: 'administrator',
  subject_type: 'client',
  sector_identifier_uri: 'client',
  id_token_signed_response_alg: 'client',
  access_token_signed_response_alg: 'administrator',
  userinfo_signed_response_alg: 'client',
  default_max_age: 'client',
  require_auth_time: 'client',
  default_acr_values: 'client',
  required_acr_values: 'administrator',
  max_sessions_per_user: 'administrator',
  enabled: 'administrator',
  first_party: 'administrator',
  allow_registration: 'administrator',
  require_pkce: 'administrator',
  nonce_optional: 'administrator',
  scope_claims_in_id_token: 'administrator',
  reviewed: 'administrator',
  profile: 'administrator',
  require_pushed_authorization_requests: 'client',
  require_signed_request_object: 'client',
  dpop_bound_access_tokens: 'client',
  tls_client_certificate_bound_access_tokens: 'client',
  require_request_signing: 'administrator',
  admin_ip_allow_list: 'administrator',
  access_token_ttl_seconds: 'administrator',
  id_token_ttl_seconds: 'administrator',
  refresh_token_idle_ttl_seconds: 'administrator',
  refresh_token_absolute_ttl_seconds: 'administrator',
}

/** What a client registers of itself. */
export const registrableMembers = (Object.keys(owners) as (keyof ClientMetadata)[]).filter(
  (name) => owners[name] === 'client',
)
