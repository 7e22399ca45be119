/** Parts of statements that several stores need. They ask nothing, and reach no database. */
import { type SQL, sql } from 'drizzle-orm'

/** Milliseconds since the Unix epoch as a time of Postgres. @param milliseconds a number, or an expression */
export const instantOf = (milliseconds: number | SQL): SQL =>
  sql`to_timestamp(${milliseconds}::double precision / 1000)`

/** A list as one parameter: the statement stays the same, however long it is. */
export const textArray = (values: readonly string[]): SQL =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`

/** Whether a row has one of the versions its caller knows (`If-Match`); `undefined` stands for any. */
export const isExpectedVersion = (version: SQL, expected: readonly number[] | undefined): SQL =>
  expected === undefined
    ? sql`true`
    : sql`${version} in (select jsonb_array_elements_text(${JSON.stringify(expected)}::jsonb)::bigint)`

/** Text for a pattern of LIKE, in which no character means more than itself. */
export const literalInLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')

/**
 * `AccountFactors` of the row `users` as JSON: what the account signs in with, and what its roles demand. Each part is
 * one lookup by an index.
 */
export const accountFactors: SQL = sql`jsonb_build_object(
  'password', coalesce((
    select case when breached_at is not null then 'breached' when must_change then 'must_change' else 'usable' end
    from password_credentials where user_id = users.id), 'none'),
  'passkeys', (select count(*) from passkeys where user_id = users.id),
  'otp', (select count(*) from otp_credentials where user_id = users.id),
  'sms', (users.phone_number is not null and users.phone_number_verified)::int,
  'recovery_codes', (select count(*) from recovery_codes where user_id = users.id and used_at is null),
  'deletion_due_at', (extract(epoch from users.deletion_due_at) * 1000)::bigint,
  'required_acr_values', (
    select coalesce(jsonb_agg(to_jsonb(required_acr_values)), '[]') from roles
    where name = any (users.roles) and required_acr_values <> '{}'))`

/**
 * Before a statement that adds a second factor, in the same batch: that one sees what others committed before this lock was
 * got, so that parallel requests cannot exceed a limit together. Attack: who knows the password alone adds a factor in
 * the moment in which its owner adds the first one.
 */
export const lockAccount = (userId: string): SQL =>
  sql`select from users where id = ${userId}::uuid for update`

/** An active account (`id`), with how many second factors it has (`otp`, `passkeys`). */
export const accountWithFactors = (userId: string): SQL => sql`
  select id, (select count(*) from otp_credentials where user_id = users.id) as otp,
    (select count(*) from passkeys where user_id = users.id) as passkeys
  from users where id = ${userId}::uuid and status = 'active'`

/** The generators of one-time passwords of the row `users` as JSON (`SealedSeed`), seeds sealed. */
export const sealedSeeds: SQL = sql`coalesce((
  select jsonb_agg(jsonb_build_object(
    'id', id, 'kind', kind, 'sealed_secret', sealed_secret, 'algorithm', algorithm, 'digits', digits,
    'period_seconds', period_seconds, 'counter', counter))
  from otp_credentials where user_id = users.id), '[]')`

/**
 * An expression of type text[]: the hashes of former passwords that must not be chosen again, the latest first. The
 * trigger `authly_keep_former_passwords` writes them, whoever sets a password.
 */
export const formerPasswordsOf = (userId: SQL): SQL => sql`array(
  select password_history.hash from password_history where password_history.user_id = ${userId}
  order by password_history.replaced_at desc, password_history.hash limit authly_kept_passwords())`

/**
 * The change of a password that was `replacesHash` until now, or of an account without one; returns `user_id` if it was
 * made.
 * @param condition what else must hold
 */
export const passwordChange = (
  {
    userId,
    replacesHash,
    newHash,
  }: { readonly userId: string; readonly replacesHash: string | undefined; readonly newHash: string },
  condition: SQL,
): SQL =>
  replacesHash === undefined
    ? sql`
      insert into password_credentials (user_id, hash)
      select id, ${newHash} from users where id = ${userId}::uuid and status = 'active' and ${condition}
      on conflict (user_id) do nothing
      returning user_id`
    : sql`
      update password_credentials set hash = ${newHash}, must_change = false, changed_at = now()
      where user_id = ${userId}::uuid and hash = ${replacesHash} and ${condition}
      returning user_id`

/** A new passkey, as it is stored. */
interface PasskeyColumns {
  readonly credential_id: string
  readonly rp_id: string
  readonly public_key: string
  readonly sign_count: number
  readonly transports: readonly string[]
  readonly aaguid: string
  readonly name: string
  readonly backup_eligible: boolean
  readonly backed_up: boolean
  readonly attestation_format: string
}

/** Stores a passkey; a `from` follows. @param owner the account's id there */
export const insertPasskeyOf = (owner: SQL, passkey: PasskeyColumns): SQL => sql`
  insert into passkeys (credential_id, user_id, rp_id, public_key, sign_count, transports, aaguid, name,
    backup_eligible, backed_up, attestation_format)
  select ${passkey.credential_id}, ${owner}, ${passkey.rp_id}, ${passkey.public_key}, ${passkey.sign_count}::bigint,
    ${textArray(passkey.transports)}, ${passkey.aaguid}::uuid,
    ${passkey.name}, ${passkey.backup_eligible}::boolean, ${passkey.backed_up}::boolean,
    ${passkey.attestation_format}`

/** The rest of the transaction fails with `lock_not_available` (55P03) where it would wait longer for a lock. */
export const waitBrieflyForLocks = sql`SET LOCAL lock_timeout = '300ms'`
