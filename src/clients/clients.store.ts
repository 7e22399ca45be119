/** Clients in Postgres. A client and its live secrets are one query, because every cold isolate needs both. */
import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import type { Row } from '../db/run-batch.ts'
import type { clients } from '../db/schema.ts'
import type { Loaded } from '../edge-cache/cached-lookup.ts'
import type { ContentEncryption, DecryptionAlg, EncryptionAlg, SigningAlg } from '../keys/algorithms.ts'
import type { ClientAuthMethod } from '../protocol/client-auth-methods.ts'
import type { ClientSecret, RegisteredClient } from './client.ts'
import type { Profile } from './profile.ts'

/** Selected as JSON: the timestamps, unused here, are strings. */
type ClientRow = Omit<typeof clients.$inferSelect, 'created_at' | 'updated_at'>
interface SecretRow {
  readonly secret_hash: string
  readonly expires_at: number | null
}

/**
 * Expired secrets are left out; those that expire while cached carry their expiry. Adding or removing a secret
 * must raise `clients.version` in the same statement: it orders cache entries.
 */
const liveSecrets = sql<SecretRow[]>`(
  select coalesce(json_agg(json_build_object(
    'secret_hash', s.secret_hash,
    'expires_at', floor(extract(epoch from s.expires_at) * 1000)::bigint
  ) order by s.created_at desc), '[]'::json)
  from client_secrets s
  where s.client_id = clients.client_id and (s.expires_at is null or s.expires_at > now())
)`

/** One row for `toLoadedClient`, or none; for changing a client and refreshing its cached copy in one batch. */
export const selectClient = (clientId: string): SQL => sql`
  select to_jsonb(clients) as client, ${liveSecrets} as secrets from clients where client_id = ${clientId}`

/** Converts rows of `selectClient` for the edge cache. */
export function toLoadedClient(rows: readonly Row[]): Loaded<RegisteredClient> | undefined {
  const [row] = rows as readonly { client: ClientRow; secrets: readonly SecretRow[] }[]
  return row && { value: toClient(row.client, row.secrets), version: row.client.version }
}

/** A row of clients as what it registers, without secrets: for what is told of it, not for serving it. */
export const toRegisteredClient = (row: ClientRow): RegisteredClient => toClient(row, [])

/** The client with this id, disabled ones included; `undefined` when there is none. One round trip. */
export async function loadClient(
  database: Database,
  clientId: string,
): Promise<Loaded<RegisteredClient> | undefined> {
  const { rows } = await database.execute<Row>(selectClient(clientId))
  return toLoadedClient(rows)
}

function toClient(row: ClientRow, secrets: readonly SecretRow[]): RegisteredClient {
  return {
    client_id: row.client_id,
    client_name: row.client_name,
    client_uri: row.client_uri ?? undefined,
    policy_uri: row.policy_uri ?? undefined,
    tos_uri: row.tos_uri ?? undefined,
    enabled: row.enabled,
    application_type: row.application_type,
    token_endpoint_auth_method: row.token_endpoint_auth_method as ClientAuthMethod,
    token_endpoint_auth_method_named: row.token_endpoint_auth_method_named,
    token_endpoint_auth_signing_alg: row.token_endpoint_auth_signing_alg ?? undefined,
    jwks: row.jwks ?? undefined,
    jwks_uri: row.jwks_uri ?? undefined,
    secrets: secrets.map(toSecret),
    redirect_uris: row.redirect_uris,
    post_logout_redirect_uris: row.post_logout_redirect_uris,
    initiate_login_uri: row.initiate_login_uri ?? undefined,
    backchannel_logout_uri: row.backchannel_logout_uri ?? undefined,
    backchannel_logout_session_required: row.backchannel_logout_session_required,
    frontchannel_logout_uri: row.frontchannel_logout_uri ?? undefined,
    frontchannel_logout_session_required: row.frontchannel_logout_session_required,
    grant_types: row.grant_types,
    response_types: row.response_types,
    scopes: row.scopes,
    resources: row.resources,
    serves_resources: row.serves_resources,
    subject_type: row.subject_type,
    sector_identifier: row.sector_identifier ?? undefined,
    id_token_signed_response_alg: row.id_token_signed_response_alg as SigningAlg,
    access_token_signed_response_alg: row.access_token_signed_response_alg as SigningAlg,
    userinfo_signed_response_alg: optional<SigningAlg>(row.userinfo_signed_response_alg),
    authorization_signed_response_alg: optional<SigningAlg>(row.authorization_signed_response_alg),
    introspection_signed_response_alg: optional<SigningAlg>(row.introspection_signed_response_alg),
    id_token_encrypted_response_alg: optional<EncryptionAlg>(row.id_token_encrypted_response_alg),
    id_token_encrypted_response_enc: optional<ContentEncryption>(row.id_token_encrypted_response_enc),
    userinfo_encrypted_response_alg: optional<EncryptionAlg>(row.userinfo_encrypted_response_alg),
    userinfo_encrypted_response_enc: optional<ContentEncryption>(row.userinfo_encrypted_response_enc),
    authorization_encrypted_response_alg: optional<EncryptionAlg>(row.authorization_encrypted_response_alg),
    authorization_encrypted_response_enc: optional<ContentEncryption>(
      row.authorization_encrypted_response_enc,
    ),
    introspection_encrypted_response_alg: optional<EncryptionAlg>(row.introspection_encrypted_response_alg),
    introspection_encrypted_response_enc: optional<ContentEncryption>(
      row.introspection_encrypted_response_enc,
    ),
    default_max_age_seconds: row.default_max_age_seconds ?? undefined,
    default_acr_values: row.default_acr_values,
    required_acr_values: row.required_acr_values,
    max_sessions_per_user: row.max_sessions_per_user ?? undefined,
    first_party: row.first_party,
    // A copy that an older version has cached knows nothing of it.
    allow_registration: row.allow_registration ?? true,
    require_pkce: row.require_pkce,
    nonce_optional: row.nonce_optional,
    scope_claims_in_id_token: row.scope_claims_in_id_token,
    access_token_ttl_seconds: row.access_token_ttl_seconds ?? undefined,
    id_token_ttl_seconds: row.id_token_ttl_seconds ?? undefined,
    refresh_token_idle_ttl_seconds: row.refresh_token_idle_ttl_seconds ?? undefined,
    refresh_token_absolute_ttl_seconds: row.refresh_token_absolute_ttl_seconds ?? undefined,
    require_request_signing: row.require_request_signing,
    admin_ip_allow_list: row.admin_ip_allow_list,
    authorization_details_types: row.authorization_details_types,
    origin: row.origin,
    reviewed: row.reviewed,
    fingerprint: row.fingerprint ?? undefined,
    profile: (row.profile ?? undefined) as Profile | undefined,
    require_pushed_authorization_requests: row.require_pushed_authorization_requests,
    require_signed_request_object: row.require_signed_request_object,
    request_object_signing_alg: row.request_object_signing_alg ?? undefined,
    request_object_encryption_alg: optional<DecryptionAlg>(row.request_object_encryption_alg),
    request_object_encryption_enc: optional<ContentEncryption>(row.request_object_encryption_enc),
    request_uris: row.request_uris,
    dpop_bound_access_tokens: row.dpop_bound_access_tokens,
    tls_client_certificate_bound_access_tokens: row.tls_client_certificate_bound_access_tokens,
    tls_client_auth_subject_dn: row.tls_client_auth_subject_dn ?? undefined,
    tls_client_auth_san_dns: row.tls_client_auth_san_dns ?? undefined,
    tls_client_auth_san_uri: row.tls_client_auth_san_uri ?? undefined,
    tls_client_auth_san_ip: row.tls_client_auth_san_ip ?? undefined,
    tls_client_auth_san_email: row.tls_client_auth_san_email ?? undefined,
  }
}

/** The column of a value that was checked when it was written. */
const optional = <T extends string>(value: string | null): T | undefined =>
  (value ?? undefined) as T | undefined

const toSecret = (row: SecretRow): ClientSecret => ({
  secret_hash: row.secret_hash,
  expires_at: row.expires_at ?? undefined,
})
