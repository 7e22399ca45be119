/**
 * A client's metadata in the API: names of RFC 7591 §2 and OpenID Connect Registration §2 where they exist
 * (`scope` is one space-separated string, as there), our own otherwise. `null`: not set.
 */
import type { ContentEncryption, DecryptionAlg, EncryptionAlg, SigningAlg } from '../keys/algorithms.ts'
import type { ClientAuthMethod } from '../protocol/client-auth-methods.ts'
import type { Profile } from './profile.ts'

export interface ClientMetadata {
  readonly client_name: string
  readonly client_uri: string | null
  readonly logo_uri: string | null
  readonly policy_uri: string | null
  readonly tos_uri: string | null
  readonly contacts: readonly string[]
  readonly software_id: string | null
  readonly software_version: string | null
  readonly application_type: 'web' | 'native'
  readonly token_endpoint_auth_method: ClientAuthMethod
  /** Derived: whether the member above was given. */
  readonly token_endpoint_auth_method_named: boolean
  readonly token_endpoint_auth_signing_alg: string | null
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | null
  readonly jwks_uri: string | null
  readonly redirect_uris: readonly string[]
  readonly post_logout_redirect_uris: readonly string[]
  readonly initiate_login_uri: string | null
  readonly backchannel_logout_uri: string | null
  readonly backchannel_logout_session_required: boolean
  readonly frontchannel_logout_uri: string | null
  readonly frontchannel_logout_session_required: boolean
  readonly grant_types: readonly string[]
  readonly response_types: readonly string[]
  /** Space-separated scopes the client may request. */
  readonly scope: string
  /** Resource indicators (RFC 8707) the client may request. */
  readonly resources: readonly string[]
  /** Resources the client operates as an API. */
  readonly serves_resources: readonly string[]
  /** Types of authorization details (RFC 9396) the client may request. */
  readonly authorization_details_types: readonly string[]
  readonly subject_type: 'public' | 'pairwise'
  readonly sector_identifier_uri: string | null
  readonly id_token_signed_response_alg: SigningAlg
  readonly access_token_signed_response_alg: SigningAlg
  readonly userinfo_signed_response_alg: SigningAlg | null
  readonly authorization_signed_response_alg: SigningAlg | null
  readonly introspection_signed_response_alg: SigningAlg | null
  readonly id_token_encrypted_response_alg: EncryptionAlg | null
  readonly id_token_encrypted_response_enc: ContentEncryption | null
  readonly userinfo_encrypted_response_alg: EncryptionAlg | null
  readonly userinfo_encrypted_response_enc: ContentEncryption | null
  readonly authorization_encrypted_response_alg: EncryptionAlg | null
  readonly authorization_encrypted_response_enc: ContentEncryption | null
  readonly introspection_encrypted_response_alg: EncryptionAlg | null
  readonly introspection_encrypted_response_enc: ContentEncryption | null
  /** Seconds. */
  readonly default_max_age: number | null
  readonly require_auth_time: boolean
  readonly default_acr_values: readonly string[]
  readonly required_acr_values: readonly string[]
  readonly max_sessions_per_user: number | null
  readonly enabled: boolean
  readonly first_party: boolean
  /** Whether people may register on their way to it. */
  readonly allow_registration: boolean
  readonly require_pkce: boolean
  readonly nonce_optional: boolean
  readonly scope_claims_in_id_token: boolean
  /** Whether an administrator vouches for it. */
  readonly reviewed: boolean
  /** `null`: the deployment's. */
  readonly profile: Profile | null
  readonly require_pushed_authorization_requests: boolean
  readonly require_signed_request_object: boolean
  readonly request_object_signing_alg: string | null
  readonly request_object_encryption_alg: DecryptionAlg | null
  readonly request_object_encryption_enc: ContentEncryption | null
  readonly request_uris: readonly string[]
  readonly dpop_bound_access_tokens: boolean
  readonly tls_client_certificate_bound_access_tokens: boolean
  readonly tls_client_auth_subject_dn: string | null
  readonly tls_client_auth_san_dns: string | null
  readonly tls_client_auth_san_uri: string | null
  readonly tls_client_auth_san_ip: string | null
  readonly tls_client_auth_san_email: string | null
  readonly require_request_signing: boolean
  readonly admin_ip_allow_list: readonly string[]
  readonly access_token_ttl_seconds: number | null
  readonly id_token_ttl_seconds: number | null
  readonly refresh_token_idle_ttl_seconds: number | null
  readonly refresh_token_absolute_ttl_seconds: number | null
}

/** Members as a registration gives them: `null` is the default. */
export type Given = { readonly [Name in keyof ClientMetadata]?: ClientMetadata[Name] | null | undefined }

/** Whether it says which keys are its own, or where they are. */
export const hasKeys = ({ jwks, jwks_uri }: Pick<Given, 'jwks' | 'jwks_uri'>): boolean =>
  jwks != null || jwks_uri != null

/** Values of `scope`. */
export const scopesOf = ({ scope }: Pick<ClientMetadata, 'scope'>): readonly string[] => [
  ...new Set(scope.split(' ').filter((value) => value !== '')),
]
