/** An OAuth client as used by the protocol code: plain JSON, because it is stored in the edge cache. */

import type { ContentEncryption, DecryptionAlg, EncryptionAlg, SigningAlg } from '../keys/algorithms.ts'
import type { ClientAuthMethod } from '../protocol/client-auth-methods.ts'
import type { Profile, ProfileRules } from './profile.ts'

export interface ClientSecret {
  /** base64url(SHA-256) of a high-entropy secret. */
  readonly secret_hash: string
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number | undefined
}

/** Who made a client known: an administrator, the client itself (RFC 7591), or the document at its id. */
export type ClientOrigin = 'administrator' | 'registration' | 'document'

/** As it is registered. */
export interface RegisteredClient {
  readonly client_id: string
  readonly client_name: string
  readonly client_uri: string | undefined
  readonly policy_uri: string | undefined
  readonly tos_uri: string | undefined
  readonly enabled: boolean
  readonly application_type: 'web' | 'native'
  readonly token_endpoint_auth_method: ClientAuthMethod
  /** False: no method was registered, so the default applies. */
  readonly token_endpoint_auth_method_named: boolean
  readonly token_endpoint_auth_signing_alg: string | undefined
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] } | undefined
  readonly jwks_uri: string | undefined
  readonly secrets: readonly ClientSecret[]
  readonly redirect_uris: readonly string[]
  readonly post_logout_redirect_uris: readonly string[]
  /** Where a sign-in to it can be started from outside (OpenID Connect Core §4). */
  readonly initiate_login_uri: string | undefined
  /** Where it is told that a session has ended (OpenID Connect Back-Channel Logout 1.0 §2.2). */
  readonly backchannel_logout_uri: string | undefined
  readonly backchannel_logout_session_required: boolean
  /** What a frame of the signed-out page loads (OpenID Connect Front-Channel Logout 1.0 §2). */
  readonly frontchannel_logout_uri: string | undefined
  /** Whether that address gets `iss` and `sid`. */
  readonly frontchannel_logout_session_required: boolean
  readonly grant_types: readonly string[]
  readonly response_types: readonly string[]
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  /** Resources this client operates as an API: it may introspect tokens meant for them. */
  readonly serves_resources: readonly string[]
  readonly subject_type: 'public' | 'pairwise'
  readonly sector_identifier: string | undefined
  readonly id_token_signed_response_alg: SigningAlg
  readonly access_token_signed_response_alg: SigningAlg
  readonly userinfo_signed_response_alg: SigningAlg | undefined
  readonly authorization_signed_response_alg: SigningAlg | undefined
  readonly introspection_signed_response_alg: SigningAlg | undefined
  readonly id_token_encrypted_response_alg: EncryptionAlg | undefined
  readonly id_token_encrypted_response_enc: ContentEncryption | undefined
  readonly userinfo_encrypted_response_alg: EncryptionAlg | undefined
  readonly userinfo_encrypted_response_enc: ContentEncryption | undefined
  readonly authorization_encrypted_response_alg: EncryptionAlg | undefined
  readonly authorization_encrypted_response_enc: ContentEncryption | undefined
  readonly introspection_encrypted_response_alg: EncryptionAlg | undefined
  readonly introspection_encrypted_response_enc: ContentEncryption | undefined
  readonly default_max_age_seconds: number | undefined
  /** Classes that a request without `acr_values` asks for. */
  readonly default_acr_values: readonly string[]
  /** Classes of which every sign-in to it must reach one or a stronger one; empty: any. */
  readonly required_acr_values: readonly string[]
  /** How many of a person's sessions may be signed in to it at a time; undefined: any number. */
  readonly max_sessions_per_user: number | undefined
  readonly first_party: boolean
  /** Whether people may register on their way to it, where the deployment lets them. */
  readonly allow_registration: boolean
  readonly require_pkce: boolean
  /** Without PKCE it may omit the nonce as well. */
  readonly nonce_optional: boolean
  /** Its ID tokens carry the userinfo claims of the granted scopes. */
  readonly scope_claims_in_id_token: boolean
  readonly require_pushed_authorization_requests: boolean
  readonly require_signed_request_object: boolean
  /** The only algorithm of its request objects. */
  readonly request_object_signing_alg: string | undefined
  /** Encrypted ones must be so; undefined: in any way that the server has a key for. */
  readonly request_object_encryption_alg: DecryptionAlg | undefined
  readonly request_object_encryption_enc: ContentEncryption | undefined
  /** Where it publishes request objects: nothing else that a `request_uri` names is fetched. */
  readonly request_uris: readonly string[]
  /** RFC 9449 §5.2: every token request must carry a DPoP proof. */
  readonly dpop_bound_access_tokens: boolean
  /** RFC 8705 §3.4: every token request must carry a certificate. */
  readonly tls_client_certificate_bound_access_tokens: boolean
  /** RFC 9396: types of authorization details it may ask for. */
  readonly authorization_details_types: readonly string[]
  /** RFC 8705 §2.1.2: exactly one names a client of `tls_client_auth` in its certificate. */
  readonly tls_client_auth_subject_dn: string | undefined
  readonly tls_client_auth_san_dns: string | undefined
  readonly tls_client_auth_san_uri: string | undefined
  readonly tls_client_auth_san_ip: string | undefined
  readonly tls_client_auth_san_email: string | undefined
  readonly access_token_ttl_seconds: number | undefined
  readonly id_token_ttl_seconds: number | undefined
  readonly refresh_token_idle_ttl_seconds: number | undefined
  readonly refresh_token_absolute_ttl_seconds: number | undefined
  /** Its admin requests must be signed with one of its keys (RFC 9421). */
  readonly require_request_signing: boolean
  /** CIDR ranges its admin requests may come from; empty: any. */
  readonly admin_ip_allow_list: readonly string[]
  readonly origin: ClientOrigin
  /** Whether an administrator vouches for it. */
  readonly reviewed: boolean
  /** Of its redirect URIs and keys, where an administrator did not register them: consent is for these. */
  readonly fingerprint: string | undefined
  /** undefined: the deployment's. */
  readonly profile: Profile | undefined
}

/** As it is served: what its profile pins is applied to its members, and what has no member is in `rules`. */
export interface Client extends RegisteredClient {
  readonly rules: ProfileRules
}

/** `undefined` for absent and disabled clients alike; with `onlyKnown` also for one not in this isolate's memory. */
export type FindClient = (
  clientId: string,
  options?: { readonly onlyKnown?: boolean },
) => Promise<Client | undefined>

/** Confidential clients can keep a secret (OAuth 2.1 §2.1): all but those that authenticate with `none`. */
export const isConfidential = ({
  token_endpoint_auth_method: method,
}: Pick<RegisteredClient, 'token_endpoint_auth_method'>): boolean => method !== 'none'
