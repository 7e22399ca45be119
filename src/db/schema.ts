/**
 * The source of truth. One table per entity; every "only one" rule is a unique index. Migrations in `drizzle/` are
 * generated from this file (`npm run db:generate`); functions and triggers are beside them. All of it stays
 * forward-compatible: the previous worker version runs on the new schema during a gradual deployment.
 */
import { isNotNull, type SQL, sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })
const createdAt = () => instant('created_at').notNull().defaultNow()
const updatedAt = () => instant('updated_at').notNull().defaultNow()
/** Incremented by every write: orders cache refreshes and is the ETag. */
const version = () => bigint('version', { mode: 'number' }).notNull().default(1)

/**
 * Splits scripts written without spaces (kana, Han, Hangul) into one word per character, so that the same index finds
 * two characters inside a name. Used for both the indexed text and the search terms.
 */
export const separateIdeographs = (text: SQL): SQL =>
  sql`regexp_replace(${text}, ${sql.raw(String.raw`'([\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff])'`)}, ' \\1', 'g')`

/**
 * Sort and lookup key of accounts: the normal form (src/users/normal-form.ts), or lower case by Postgres until the cron
 * job has computed it.
 */
export const usernameForm = sql.raw("coalesce(username_form, lower(username), '')")
export const emailForm = sql.raw("coalesce(email_form, lower(email), '')")

/**
 * The text that user search covers; index and query must use the same expression. It starts with a space, so that every
 * word does.
 */
export const userSearchText = separateIdeographs(
  sql`' ' || ${usernameForm} || ' ' || ${emailForm} || ' ' || ${sql.raw(
    "coalesce(name_form, lower(coalesce(profile->>'name', '') || ' ' || coalesce(profile->>'given_name', '') || ' ' || coalesce(profile->>'family_name', '')))",
  )} || ' ' || coalesce(phone_number, '')`,
)

/** Users. OIDC standard claims (OpenID Connect Core §5.1) without a column are in `profile`. */
export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey(),
    username: text('username'),
    email: text('email'),
    email_verified: boolean('email_verified').notNull().default(false),
    phone_number: text('phone_number'),
    phone_number_verified: boolean('phone_number_verified').notNull().default(false),
    /** name, given_name, family_name, picture, address …: claim names as keys. */
    profile: jsonb('profile').$type<Record<string, unknown>>().notNull().default({}),
    /** Roles of the platform itself, e.g. `admin`. */
    roles: text('roles').array().notNull().default(sql`'{}'::text[]`),
    status: text('status').$type<'active' | 'disabled'>().notNull().default('active'),
    /** When the account is deleted, because its owner asked for it; until then they can change their mind. */
    deletion_due_at: instant('deletion_due_at'),
    /** The terms that its owner accepted last, and when. */
    terms_version: text('terms_version'),
    terms_accepted_at: instant('terms_accepted_at'),
    /** Normal forms of the names above, computed by `formsOf`; a trigger removes those of changed names. */
    username_form: text('username_form'),
    email_form: text('email_form'),
    name_form: text('name_form'),
    /** Version of the rules behind the forms; null: to be computed by the cron job. */
    form_version: smallint('form_version'),
    version: version(),
    created_at: createdAt(),
    updated_at: updatedAt(),
  },
  (table) => [
    // Sign-in by the previous worker version, which may still serve during a deployment.
    uniqueIndex('users_username_unique').on(sql`lower(${table.username})`),
    uniqueIndex('users_email_unique').on(sql`lower(${table.email})`),
    // The admin list: one keyset index per sort order and filter; the id makes every order total.
    index('users_created').on(table.created_at, table.id),
    index('users_updated').on(table.updated_at, table.id),
    index('users_status').on(table.status, table.id),
    index('users_phone').on(table.phone_number),
    index('users_roles').using('gin', table.roles),
    // The admin list sorted or filtered by one kind of identifier; an absent one counts as empty, so that a page is one
    // range.
    index('users_by_username_form').on(usernameForm, table.id),
    index('users_by_email_form').on(emailForm, table.id),
    index('users_by_name').on(sql`coalesce(lower(${table.profile}->>'name'), '')`, table.id),
    index('users_email_verified').on(table.email_verified),
    index('users_phone_number_verified').on(table.phone_number_verified),
    index('users_deletion_due').on(table.deletion_due_at).where(isNotNull(table.deletion_due_at)),
    // Any claim, or several: `profile @> '{"locale": "de"}'`.
    index('users_profile').using('gin', sql`${table.profile} jsonb_path_ops`),
    // Text search: any part of a username, an e-mail address, a name or a phone number.
    index('users_search_forms').using('gin', sql`${userSearchText} gin_trgm_ops`),
    // Accounts whose forms must be computed.
    index('users_form_version').on(sql`coalesce(${table.form_version}, 0)`),
  ],
)

/**
 * Sign-in identifiers: usernames and e-mail addresses of all accounts are one namespace, in their normal form.
 * Maintained by a trigger on `users`, so that no write of an account can bypass it.
 */
export const userIdentifiers = pgTable(
  'user_identifiers',
  {
    identifier: text('identifier').primaryKey(),
    user_id: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
  },
  (table) => [index('user_identifiers_user').on(table.user_id)],
)

/**
 * Accounts that cannot sign in by one of their identifiers because an older account holds it, from before identifiers
 * were one namespace. Removed when one of the two is renamed or deleted.
 */
export const userIdentifierCollisions = pgTable(
  'user_identifier_collisions',
  {
    identifier: text('identifier').notNull(),
    user_id: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.identifier, table.user_id] }),
    index('user_identifier_collisions_user').on(table.user_id),
  ],
)

/**
 * Roles: a name and its permissions (`admin:users:read` …; `*` is all of them). Assignments are in `users.roles`.
 * `assignable_in` separates roles of organizations from those of the platform.
 */
export const roles = pgTable('roles', {
  name: text('name').primaryKey(),
  description: text('description').notNull(),
  permissions: text('permissions').array().notNull(),
  /** Authentication contexts of which a sign-in of whoever has this role must reach one; empty: any. */
  required_acr_values: text('required_acr_values').array().notNull().default(sql`'{}'::text[]`),
  assignable_in: text('assignable_in').$type<'platform' | 'organization'>().notNull().default('platform'),
  /** Part of the server: its name and permissions cannot be changed. */
  built_in: boolean('built_in').notNull().default(false),
  version: version(),
  created_at: createdAt(),
  updated_at: updatedAt(),
})

/** Links for setting a password, after an invitation or an administrator's reset. The newest wins. */
export const passwordSetupLinks = pgTable('password_setup_links', {
  user_id: uuid('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  purpose: text('purpose').$type<'invitation' | 'reset'>().notNull(),
  /** base64url(SHA-256) of the secret half of the handle. */
  secret_hash: text('secret_hash').notNull(),
  /** The address that the link was sent to, and that nobody else saw: whoever uses it has proven that address. */
  sent_to: text('sent_to'),
  expires_at: instant('expires_at').notNull(),
  created_at: createdAt(),
})

/** People who have lost their second factor wait here, while every address of theirs is told. At most one a person. */
export const accountRecoveries = pgTable('account_recoveries', {
  user_id: uuid('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  /** base64url(SHA-256) of the secret half of the handle. */
  secret_hash: text('secret_hash').notNull(),
  /** From when the account opens without its second factor. */
  available_at: instant('available_at').notNull(),
  /** Until when. */
  expires_at: instant('expires_at').notNull(),
  created_at: createdAt(),
})

/** Changes of an e-mail address that whoever reads the old one can undo. */
export const emailChanges = pgTable(
  'email_changes',
  {
    id: uuid('id').primaryKey(),
    user_id: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    old_email: text('old_email').notNull(),
    /** Whether its owner had proven it. */
    old_email_verified: boolean('old_email_verified').notNull(),
    new_email: text('new_email').notNull(),
    /** base64url(SHA-256) of the secret half of the handle. */
    undo_secret_hash: text('undo_secret_hash').notNull(),
    /** Until when it can be undone. */
    expires_at: instant('expires_at').notNull(),
    undone_at: instant('undone_at'),
    created_at: createdAt(),
  },
  (table) => [index('email_changes_user').on(table.user_id, table.id)],
)

/** At most one password per user; PHC string format. */
export const passwordCredentials = pgTable(
  'password_credentials',
  {
    user_id: uuid('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    hash: text('hash').notNull(),
    must_change: boolean('must_change').notNull().default(false),
    /** When the password was found in a list of breached ones; its next sign-in asks for another. */
    breached_at: instant('breached_at'),
    /** From when a sign-in looks it up in that list (again); null: at once. */
    breach_check_due_at: instant('breach_check_due_at'),
    changed_at: instant('changed_at').notNull().defaultNow(),
  },
  (table) => [
    // Sign-in: whether any imported hash remains that takes a different time to verify than ours.
    index('password_credentials_foreign')
      .on(table.user_id)
      .where(sql`hash not like '$argon2id$v=19$m=19456,t=2,p=1$%'`),
  ],
)

/** Hashes of earlier passwords, which must not be chosen again; how many are kept is a setting. */
export const passwordHistory = pgTable(
  'password_history',
  {
    user_id: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    hash: text('hash').notNull(),
    replaced_at: instant('replaced_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.user_id, table.hash] })],
)

/** Passkeys (WebAuthn credentials). The user's object has a copy of what a sign-in needs. */
export const passkeys = pgTable(
  'passkeys',
  {
    /** base64url. */
    credential_id: text('credential_id').primaryKey(),
    user_id: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The domain it was made for; it works for no other. */
    rp_id: text('rp_id').notNull(),
    /** COSE key, base64url. */
    public_key: text('public_key').notNull(),
    sign_count: bigint('sign_count', { mode: 'number' }).notNull().default(0),
    transports: text('transports').array().notNull().default(sql`'{}'::text[]`),
    aaguid: uuid('aaguid').notNull(),
    /** Given by its owner. */
    name: text('name').notNull(),
    /** May be synced to other devices; otherwise the key never leaves its authenticator. */
    backup_eligible: boolean('backup_eligible').notNull(),
    backed_up: boolean('backed_up').notNull(),
    attestation_format: text('attestation_format').notNull(),
    last_used_at: instant('last_used_at'),
    version: version(),
    created_at: createdAt(),
    updated_at: updatedAt(),
  },
  (table) => [index('passkeys_user').on(table.user_id, table.credential_id)],
)

/** Generators of one-time passwords (RFC 4226, RFC 6238). */
export const otpCredentials = pgTable(
  'otp_credentials',
  {
    id: uuid('id').primaryKey(),
    user_id: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind').$type<'totp' | 'hotp'>().notNull(),
    /** Given by its owner. */
    name: text('name').notNull(),
    /** The seed, sealed for this row. */
    sealed_secret: text('sealed_secret').notNull(),
    algorithm: text('algorithm').$type<'SHA1' | 'SHA256' | 'SHA512'>().notNull(),
    digits: smallint('digits').notNull(),
    /** Of `totp`. */
    period_seconds: smallint('period_seconds'),
    /** Of `hotp`: the next one. */
    counter: bigint('counter', { mode: 'number' }),
    last_used_at: instant('last_used_at'),
    version: version(),
    created_at: createdAt(),
    updated_at: updatedAt(),
  },
  (table) => [index('otp_credentials_user').on(table.user_id, table.id)],
)

/** Recovery codes, each for one sign-in. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    user_id: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    code_hash: text('code_hash').notNull(),
    used_at: instant('used_at'),
    created_at: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.user_id, table.code_hash] })],
)

/** Raster images of the deployment's brand, which the hosted pages show. */
export const brandImages = pgTable('brand_images', {
  name: text('name').$type<'logo' | 'logo_dark'>().primaryKey(),
  content_type: text('content_type').notNull(),
  /** base64. */
  content: text('content').notNull(),
  /** SHA-256 of the content, base64url: part of its address. */
  digest: text('digest').notNull(),
  version: version(),
  updated_at: updatedAt(),
})

/** OAuth clients; columns carry RFC 7591 names where one exists. */
export const clients = pgTable(
  'clients',
  {
    client_id: text('client_id').primaryKey(),
    client_name: text('client_name').notNull(),
    client_uri: text('client_uri'),
    logo_uri: text('logo_uri'),
    policy_uri: text('policy_uri'),
    tos_uri: text('tos_uri'),
    enabled: boolean('enabled').notNull().default(true),
    application_type: text('application_type').$type<'web' | 'native'>().notNull().default('web'),
    token_endpoint_auth_method: text('token_endpoint_auth_method').notNull(),
    /** Whether the method was chosen explicitly; with the default, the other form of the secret is accepted too. */
    token_endpoint_auth_method_named: boolean('token_endpoint_auth_method_named').notNull().default(false),
    token_endpoint_auth_signing_alg: text('token_endpoint_auth_signing_alg'),
    jwks: jsonb('jwks').$type<{ keys: Record<string, unknown>[] }>(),
    jwks_uri: text('jwks_uri'),
    redirect_uris: text('redirect_uris').array().notNull().default(sql`'{}'::text[]`),
    post_logout_redirect_uris: text('post_logout_redirect_uris').array().notNull().default(sql`'{}'::text[]`),
    grant_types: text('grant_types').array().notNull(),
    response_types: text('response_types').array().notNull().default(sql`'{code}'::text[]`),
    /** Scopes the client may request. */
    scopes: text('scopes').array().notNull().default(sql`'{}'::text[]`),
    /** Resource indicators (RFC 8707) the client may request. */
    resources: text('resources').array().notNull().default(sql`'{}'::text[]`),
    /** Resources this client operates as an API: it may introspect tokens issued for them (RFC 7662). */
    serves_resources: text('serves_resources').array().notNull().default(sql`'{}'::text[]`),
    subject_type: text('subject_type').$type<'public' | 'pairwise'>().notNull().default('public'),
    /** Host that pairwise subjects are computed for (OpenID Connect Core §8.1). */
    sector_identifier: text('sector_identifier'),
    /** The URL of the list of redirect URIs whose host is `sector_identifier`. */
    sector_identifier_uri: text('sector_identifier_uri'),
    id_token_signed_response_alg: text('id_token_signed_response_alg').notNull().default('RS256'),
    access_token_signed_response_alg: text('access_token_signed_response_alg').notNull().default('ES256'),
    userinfo_signed_response_alg: text('userinfo_signed_response_alg'),
    default_max_age_seconds: integer('default_max_age_seconds'),
    require_auth_time: boolean('require_auth_time').notNull().default(false),
    default_acr_values: text('default_acr_values').array().notNull().default(sql`'{}'::text[]`),
    /** Authentication contexts of which a sign-in for this client must reach one; empty: any. */
    required_acr_values: text('required_acr_values').array().notNull().default(sql`'{}'::text[]`),
    /** How many sessions of one person may use this client at once. */
    max_sessions_per_user: integer('max_sessions_per_user'),
    /** First-party clients skip consent. */
    first_party: boolean('first_party').notNull().default(false),
    /** Whether people may register on their way to it, where the deployment lets them. */
    allow_registration: boolean('allow_registration').notNull().default(true),
    /** May be false only for confidential OIDC clients, which must then send a nonce. */
    require_pkce: boolean('require_pkce').notNull().default(true),
    /** Only with `require_pkce` false: with neither, an injected code is not detected. */
    nonce_optional: boolean('nonce_optional').notNull().default(false),
    /** Includes the claims of granted scopes in the ID token, which costs one query per token. */
    scope_claims_in_id_token: boolean('scope_claims_in_id_token').notNull().default(false),
    /** The profile it follows (src/clients/profile.ts); null: the deployment's. */
    profile: text('profile'),
    /** RFC 9126 §6: refuses authorization requests that were not pushed. */
    require_pushed_authorization_requests: boolean('require_pushed_authorization_requests')
      .notNull()
      .default(false),
    /** RFC 9101 §10.5: refuses authorization requests that are not in a signed request object. */
    require_signed_request_object: boolean('require_signed_request_object').notNull().default(false),
    request_object_signing_alg: text('request_object_signing_alg'),
    request_object_encryption_alg: text('request_object_encryption_alg'),
    request_object_encryption_enc: text('request_object_encryption_enc'),
    /** Where request objects may be fetched from (OpenID Connect Core §6.2). */
    request_uris: text('request_uris').array().notNull().default(sql`'{}'::text[]`),
    /** RFC 9449 §5.2: refuses token requests without DPoP proof. */
    dpop_bound_access_tokens: boolean('dpop_bound_access_tokens').notNull().default(false),
    /** RFC 8705 §3.4: binds access tokens to the certificate of the token request, which must have one. */
    tls_client_certificate_bound_access_tokens: boolean('tls_client_certificate_bound_access_tokens')
      .notNull()
      .default(false),
    /** RFC 8705 §2.1.2: exactly one of these names the client in its certificate. */
    tls_client_auth_subject_dn: text('tls_client_auth_subject_dn'),
    tls_client_auth_san_dns: text('tls_client_auth_san_dns'),
    tls_client_auth_san_uri: text('tls_client_auth_san_uri'),
    tls_client_auth_san_ip: text('tls_client_auth_san_ip'),
    tls_client_auth_san_email: text('tls_client_auth_san_email'),
    /** JARM: what authorization responses are signed and encrypted with. */
    authorization_signed_response_alg: text('authorization_signed_response_alg'),
    authorization_encrypted_response_alg: text('authorization_encrypted_response_alg'),
    authorization_encrypted_response_enc: text('authorization_encrypted_response_enc'),
    id_token_encrypted_response_alg: text('id_token_encrypted_response_alg'),
    id_token_encrypted_response_enc: text('id_token_encrypted_response_enc'),
    userinfo_encrypted_response_alg: text('userinfo_encrypted_response_alg'),
    userinfo_encrypted_response_enc: text('userinfo_encrypted_response_enc'),
    introspection_signed_response_alg: text('introspection_signed_response_alg'),
    introspection_encrypted_response_alg: text('introspection_encrypted_response_alg'),
    introspection_encrypted_response_enc: text('introspection_encrypted_response_enc'),
    /** RFC 9396: types of authorization details it may ask for. */
    authorization_details_types: text('authorization_details_types')
      .array()
      .notNull()
      .default(sql`'{}'::text[]`),
    backchannel_logout_uri: text('backchannel_logout_uri'),
    backchannel_logout_session_required: boolean('backchannel_logout_session_required')
      .notNull()
      .default(false),
    frontchannel_logout_uri: text('frontchannel_logout_uri'),
    frontchannel_logout_session_required: boolean('frontchannel_logout_session_required')
      .notNull()
      .default(false),
    /** RFC 7591 §2: people responsible for the client. */
    contacts: text('contacts').array().notNull().default(sql`'{}'::text[]`),
    software_id: text('software_id'),
    software_version: text('software_version'),
    initiate_login_uri: text('initiate_login_uri'),
    /** Who made it known: an administrator, the client itself (RFC 7591), or the document that its id is the address of. */
    origin: text('origin')
      .$type<'administrator' | 'registration' | 'document'>()
      .notNull()
      .default('administrator'),
    /** Whether an administrator vouches for what is registered; what others registered is not reviewed at first. */
    reviewed: boolean('reviewed').notNull().default(true),
    /** base64url(SHA-256) of its registration access token (RFC 7592). */
    registration_token_hash: text('registration_token_hash'),
    /** Of its redirect URIs and keys, where an administrator did not register them: consent is for these. */
    fingerprint: text('fingerprint'),
    /** When it was seen to be in use; null: never. Of registrations only. */
    used_at: instant('used_at'),
    /** Admin requests of this client must be signed with one of its keys (RFC 9421), whatever the setting says. */
    require_request_signing: boolean('require_request_signing').notNull().default(false),
    /** CIDR ranges this client may call the admin API from; empty: any. */
    admin_ip_allow_list: text('admin_ip_allow_list').array().notNull().default(sql`'{}'::text[]`),
    access_token_ttl_seconds: integer('access_token_ttl_seconds'),
    id_token_ttl_seconds: integer('id_token_ttl_seconds'),
    refresh_token_idle_ttl_seconds: integer('refresh_token_idle_ttl_seconds'),
    refresh_token_absolute_ttl_seconds: integer('refresh_token_absolute_ttl_seconds'),
    version: version(),
    created_at: createdAt(),
    updated_at: updatedAt(),
  },
  (table) => [
    // The admin list by time and by name.
    index('clients_created').on(table.created_at, table.client_id),
    index('clients_name').on(table.client_name, table.client_id),
    // The cron job that deletes registrations nobody uses, and the list of those to review.
    index('clients_unreviewed').on(table.created_at, table.client_id).where(sql`not ${table.reviewed}`),
  ],
)

/** Tokens with which clients may register themselves (RFC 7591 §3), made by administrators. */
export const initialAccessTokens = pgTable(
  'initial_access_tokens',
  {
    id: uuid('id').primaryKey(),
    /** What it was made for. */
    name: text('name').notNull(),
    /** base64url(SHA-256). */
    token_hash: text('token_hash').notNull(),
    /** The profile of clients that register with it; null: the deployment's. */
    profile: text('profile'),
    /** How many clients may still register with it. */
    uses_left: integer('uses_left').notNull(),
    expires_at: instant('expires_at').notNull(),
    version: version(),
    created_at: createdAt(),
    updated_at: updatedAt(),
  },
  (table) => [
    uniqueIndex('initial_access_tokens_hash').on(table.token_hash),
    index('initial_access_tokens_created').on(table.created_at, table.id),
  ],
)

/**
 * Every client id ever assigned, including those of deleted clients. A trigger on `clients` inserts it, and its primary
 * key refuses reuse: a new client must not inherit another one's consents, tokens, jobs and stored responses.
 */
export const clientIds = pgTable('client_ids', {
  client_id: text('client_id').primaryKey(),
  given_at: instant('given_at').notNull().defaultNow(),
})

/** High-entropy secrets: base64url(SHA-256). Several may be live during a rollover. */
export const clientSecrets = pgTable(
  'client_secrets',
  {
    id: uuid('id').primaryKey(),
    client_id: text('client_id')
      .notNull()
      .references(() => clients.client_id, { onDelete: 'cascade' }),
    secret_hash: text('secret_hash').notNull(),
    expires_at: instant('expires_at'),
    created_at: createdAt(),
  },
  (table) => [index('client_secrets_client').on(table.client_id)],
)

/** APIs that accept our access tokens; `resource` is the RFC 8707 indicator and becomes `aud`. */
export const resourceServers = pgTable('resource_servers', {
  resource: text('resource').primaryKey(),
  name: text('name').notNull(),
  /** Whether clients that nobody reviewed may ask for tokens for it. */
  open_to_unreviewed: boolean('open_to_unreviewed').notNull().default(false),
  version: version(),
  created_at: createdAt(),
  updated_at: updatedAt(),
})

/** Scope values and their text on the consent page. `resource` null: OpenID Connect's own or global. */
export const scopes = pgTable(
  'scopes',
  {
    name: text('name').primaryKey(),
    description: text('description').notNull(),
    resource: text('resource').references(() => resourceServers.resource, { onDelete: 'cascade' }),
    version: version(),
    created_at: createdAt(),
    updated_at: updatedAt(),
  },
  (table) => [index('scopes_resource').on(table.resource)],
)

/** Types of authorization details (RFC 9396), each of one resource server. */
export const authorizationDetailsTypes = pgTable(
  'authorization_details_types',
  {
    type: text('type').primaryKey(),
    resource: text('resource').notNull(),
    /** One line for the consent page; `{member}` stands for a member of the object. */
    description: text('description').notNull(),
    /** JSON Schema of the object. */
    schema: jsonb('schema').$type<Record<string, unknown>>().notNull(),
    version: version(),
    created_at: createdAt(),
    updated_at: updatedAt(),
  },
  (table) => [
    // Named, because the name made for it would be too long for Postgres.
    foreignKey({
      name: 'authorization_details_types_of_resource',
      columns: [table.resource],
      foreignColumns: [resourceServers.resource],
    }).onDelete('cascade'),
    index('authorization_details_types_resource').on(table.resource),
  ],
)

/** A user's consent to a client: one row per pair; scopes are only added by explicit consent. */
export const consents = pgTable(
  'consents',
  {
    user_id: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    client_id: text('client_id')
      .notNull()
      .references(() => clients.client_id, { onDelete: 'cascade' }),
    scopes: text('scopes').array().notNull(),
    /** Claim names requested by the `claims` parameter and granted. */
    claims: text('claims').array().notNull().default(sql`'{}'::text[]`),
    /** The redirect URIs and keys that the client had (`clients.fingerprint`). */
    fingerprint: text('fingerprint'),
    granted_at: instant('granted_at').notNull().defaultNow(),
    updated_at: updatedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.user_id, table.client_id] }),
    index('consents_client').on(table.client_id),
  ],
)

/** Signing keys. The partial unique indexes make a second `current` or `next` key per algorithm impossible. */
export const signingKeys = pgTable(
  'signing_keys',
  {
    kid: text('kid').primaryKey(),
    alg: text('alg').notNull(),
    status: text('status').$type<'next' | 'current' | 'retired'>().notNull(),
    public_jwk: jsonb('public_jwk').$type<Record<string, unknown>>().notNull(),
    /** Sealed under AUTHLY_ROOT_SECRET with the kid as context. */
    private_jwk_sealed: text('private_jwk_sealed').notNull(),
    /** MAC of this row under the root secret: without it the key is neither published nor trusted. */
    binding: text('binding'),
    created_at: createdAt(),
    activated_at: instant('activated_at'),
    retired_at: instant('retired_at'),
  },
  (table) => [
    uniqueIndex('signing_keys_one_current').on(table.alg).where(sql`${table.status} = 'current'`),
    uniqueIndex('signing_keys_one_next').on(table.alg).where(sql`${table.status} = 'next'`),
  ],
)

/** Positions in the audit trail, assigned by authly_next_audit_position. */
export const auditEventPositions = pgSequence('audit_events_position_seq')

/**
 * Append-only. Ids are generated where the event happens, so that a repeated delivery changes nothing. Personal parts
 * (`ip`, `user_agent`; `changes`, `data`) can be blanked for erasure: the sealed leaf holds only their salted digests
 * (docs/audit.md).
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: uuid('id').primaryKey(),
    /** Position in the trail, assigned so that readers miss nothing (authly_next_audit_position). */
    position: bigint('position', { mode: 'number' }).notNull().default(sql`authly_next_audit_position()`),
    type: text('type').notNull(),
    occurred_at: instant('occurred_at').notNull(),
    recorded_at: instant('recorded_at').notNull().defaultNow(),
    outcome: text('outcome').$type<'success' | 'failure'>().notNull(),
    actor_type: text('actor_type').$type<'user' | 'client' | 'system' | 'anonymous'>().notNull(),
    actor_id: text('actor_id'),
    /** The user concerned. No foreign key: the trail outlives the user. */
    user_id: text('user_id'),
    client_id: text('client_id'),
    session_id: text('session_id'),
    /** The entity changed: `user`, `client`, `role`, `setting` … and its id. */
    entity_type: text('entity_type'),
    entity_id: text('entity_id'),
    ip: text('ip'),
    user_agent: text('user_agent'),
    request_id: text('request_id'),
    /** `{"<field>": {"before": …, "after": …}}` of the entity. */
    changes: jsonb('changes').$type<Record<string, { before: unknown; after: unknown }>>(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull().default({}),
    /** Salts of the sealed digests of (`ip`, `user_agent`) and (`changes`, `data`); deleted by an erasure. */
    origin_salt: uuid('origin_salt').defaultRandom(),
    details_salt: uuid('details_salt').defaultRandom(),
    erased_at: instant('erased_at'),
    /**
     * Full-text search over all events except those of every token request: these are most of the trail, and are found
     * by user, client, session and time. Stored, because computing it costs 50 times as much as reading it.
     */
    search_terms: tsvector('search_terms').generatedAlwaysAs(
      sql`CASE WHEN type NOT IN ('token.issued', 'token.refreshed', 'token.replayed') THEN authly_search_terms(type, outcome, actor_type, actor_id, user_id, client_id, session_id, entity_type, entity_id, ip, request_id, user_agent, changes, data) END`,
    ),
  },
  (table) => [
    // The whole trail, sealing, live stream.
    uniqueIndex('audit_events_position').on(table.position),
    // Dashboard, retention, lists: a time range, alone or with types, answered from the index.
    index('audit_events_time_position').on(table.occurred_at, table.position, table.type),
    // By user, client, session, type, actor or entity, in trail order.
    index('audit_events_user_position').on(table.user_id, table.position),
    index('audit_events_client_position').on(table.client_id, table.position),
    index('audit_events_session_position')
      .on(table.session_id, table.position)
      .where(isNotNull(table.session_id)),
    index('audit_events_type_position').on(table.type, table.position),
    index('audit_events_actor_position').on(table.actor_id, table.position),
    index('audit_events_entity_id_position')
      .on(table.entity_type, table.entity_id, table.position)
      .where(isNotNull(table.entity_id)),
    index('audit_events_failures').on(table.position).where(sql`outcome = 'failure'`),
    // Full text, without a pending list, which every search would have to read.
    index('audit_events_search_terms').using('gin', table.search_terms).where(isNotNull(table.search_terms)),
    // Addresses by range, answered from the index.
    index('audit_events_ip_position').on(sql`authly_inet(${table.ip})`, table.position, table.ip),
  ],
)

/**
 * Sealed batches of the trail: the root of a Merkle tree over the events in order, signed and chained to the previous
 * checkpoint. Leaves stay when events are removed, so that the rest can still be proven.
 */
export const auditCheckpoints = pgTable('audit_checkpoints', {
  sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
  first_position: bigint('first_position', { mode: 'number' }).notNull(),
  last_position: bigint('last_position', { mode: 'number' }).notNull(),
  event_count: integer('event_count').notNull(),
  merkle_root: text('merkle_root').notNull(),
  previous_hash: text('previous_hash').notNull(),
  /** One [position, leaf hash, origin digest, details digest] per event, in order; empty when all are removed. */
  leaves: jsonb('leaves').$type<readonly unknown[]>().notNull(),
  /** Compact JWS over all of the above but the leaves. */
  signature: text('signature').notNull(),
  /** The public key of `signature`: it leaves the JWKS long before the trail ends. */
  public_jwk: jsonb('public_jwk').$type<Record<string, unknown>>().notNull(),
  sealed_at: instant('sealed_at').notNull().defaultNow(),
})

/** Responses to POST requests by `Idempotency-Key`: a repetition gets the same response and has no second effect. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    actor_id: text('actor_id').notNull(),
    key: text('key').notNull(),
    /** Of method, path and body: the key must not be used for another request. */
    fingerprint: text('fingerprint').notNull(),
    /** Sealed under AUTHLY_ROOT_SECRET: it may hold a secret shown once. */
    answer_sealed: text('answer_sealed').notNull(),
    created_at: createdAt(),
    expires_at: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.actor_id, table.key] }),
    // The daily clean-up.
    index('idempotency_keys_expiry').on(table.expires_at),
  ],
)

/** Settings changed at run time, by name; what is not here has the default of `src/settings/settings.ts`. */
export const settings = pgTable('settings', {
  name: text('name').primaryKey(),
  value: jsonb('value').$type<unknown>().notNull(),
  version: version(),
  updated_at: updatedAt(),
})

/** Background jobs; their input, progress and results live in the Durable Object of the same id. */
export const jobs = pgTable(
  'jobs',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').notNull(),
    status: text('status')
      .$type<'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'>()
      .notNull()
      .default('queued'),
    actor_type: text('actor_type').$type<'user' | 'client'>().notNull(),
    actor_id: text('actor_id').notNull(),
    parameters: jsonb('parameters').$type<Record<string, unknown>>().notNull().default({}),
    processed: integer('processed').notNull().default(0),
    succeeded: integer('succeeded').notNull().default(0),
    failed: integer('failed').notNull().default(0),
    /** Total number of rows; null while unknown. */
    total: integer('total'),
    /** Why the job failed. */
    detail: text('detail'),
    /** The next step reads it and is the last one. */
    cancel_requested_at: instant('cancel_requested_at'),
    version: version(),
    created_at: createdAt(),
    updated_at: updatedAt(),
    finished_at: instant('finished_at'),
  },
  (table) => [
    // The list, newest first, and the same of one status.
    index('jobs_created').on(table.created_at, table.id),
    index('jobs_status').on(table.status, table.id),
  ],
)

/** Chunks of a job that reached Postgres, written together with their rows: a chunk sent twice acts once. */
export const jobChunks = pgTable(
  'job_chunks',
  {
    job_id: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    chunk: integer('chunk').notNull(),
    outcome: jsonb('outcome').$type<unknown>().notNull(),
    created_at: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.job_id, table.chunk] })],
)

/**
 * Where events are sent: endpoints with an address, and listeners, which ask for what they get and go when they stop
 * asking. Keys are in `webhook_keys`.
 */
export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').$type<'endpoint' | 'listener'>().notNull().default('endpoint'),
    name: text('name').notNull(),
    /** Null: a listener. */
    url: text('url'),
    /** `WebhookFilter` (src/webhooks/filters.ts); null does not restrict. */
    event_types: text('event_types').array().notNull(),
    client_ids: text('client_ids').array(),
    user_ids: text('user_ids').array(),
    actor_ids: text('actor_ids').array(),
    outcome: text('outcome').$type<'success' | 'failure'>(),
    enabled: boolean('enabled').notNull().default(true),
    /** Why it is disabled. */
    disabled_reason: text('disabled_reason').$type<'administrator' | 'gone' | 'failing' | 'authority_lost'>(),
    disabled_at: instant('disabled_at'),
    /** `Authorized` of whoever enabled it or changed where it leads: events are sent while they may read them. */
    authorized: jsonb('authorized').$type<Record<string, unknown>>().notNull(),
    /** The end of the trail when it was enabled: it gets what comes after. */
    after_position: bigint('after_position', { mode: 'number' }).notNull(),
    /** Of a listener: when it is gone unless it asks again. */
    expires_at: instant('expires_at'),
    version: version(),
    created_at: createdAt(),
    updated_at: updatedAt(),
  },
  (table) => [
    index('webhook_endpoints_created').on(table.created_at, table.id),
    // Whether there is one at all: asked whenever events are delivered.
    index('webhook_endpoints_enabled').on(table.id).where(sql`enabled`),
  ],
)

/** Keys that sign what an endpoint gets: the newest, and former ones until they end. Private halves are sealed. */
export const webhookKeys = pgTable(
  'webhook_keys',
  {
    id: uuid('id').primaryKey(),
    webhook_id: uuid('webhook_id')
      .notNull()
      .references(() => webhookEndpoints.id, { onDelete: 'cascade' }),
    /** The `whsec_` secret, sealed. */
    sealed_secret: text('sealed_secret').notNull(),
    /** The Ed25519 key, sealed. */
    sealed_private_key: text('sealed_private_key').notNull(),
    /** `whpk_`. */
    public_key: text('public_key').notNull(),
    created_at: createdAt(),
    /** Null: the current one. */
    expires_at: instant('expires_at'),
  },
  (table) => [
    index('webhook_keys_webhook').on(table.webhook_id, table.created_at),
    uniqueIndex('webhook_keys_current').on(table.webhook_id).where(sql`expires_at is null`),
  ],
)

/** What became of each event that an endpoint was to get. Written by its outbox; bodies are not kept. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    webhook_id: uuid('webhook_id')
      .notNull()
      .references(() => webhookEndpoints.id, { onDelete: 'cascade' }),
    event_id: uuid('event_id').notNull(),
    /** Of the event in the trail: the sequence number. 0: it is not there. */
    position: bigint('position', { mode: 'number' }).notNull(),
    type: text('type').notNull(),
    subject: text('subject'),
    status: text('status').$type<'waiting' | 'delivered' | 'failed' | 'cancelled' | 'dropped'>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** HTTP status of the last answer. */
    response_status: integer('response_status'),
    /** Why the last attempt failed, or why it ended undelivered: a fixed code. */
    reason: text('reason'),
    duration_ms: integer('duration_ms'),
    /** A bounded number of the last ones, the oldest first (`MadeAttempt`). */
    recent_attempts: jsonb('recent_attempts').notNull().default([]),
    last_attempt_at: instant('last_attempt_at'),
    next_attempt_at: instant('next_attempt_at'),
    created_at: createdAt(),
    updated_at: updatedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.webhook_id, table.event_id] }),
    // The list, newest first, and the same of one status.
    index('webhook_deliveries_created').on(table.webhook_id, table.created_at, table.event_id),
    index('webhook_deliveries_status').on(table.webhook_id, table.status, table.created_at, table.event_id),
    // The clean-up.
    index('webhook_deliveries_updated').on(table.updated_at),
  ],
)
