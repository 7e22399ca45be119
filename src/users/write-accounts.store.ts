/**
 * The only write of accounts: a single creation, change or deletion is a batch of one row. One statement locks the
 * accounts, decides each row (refusals.ts), writes, and records an audit event for every account written.
 */
import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { erasePersonalDataOf } from '../audit/erase-personal-data.store.ts'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import { users } from '../db/schema.ts'
import { type AccountWrite, decideAccounts } from './decide-accounts.store.ts'

export interface WriteStatement {
  /** Comma-separated CTEs without `WITH`. */
  readonly ctes: SQL
  /** jsonb over the CTEs: `AccountOutcome[]` in the order of the rows. */
  readonly outcome: SQL
  /** A scalar over the CTEs that aborts the transaction (`AU409`) when a row was refused. */
  readonly refuse: SQL
}

/** The statement of a write. */
export function writeAccounts(write: AccountWrite): WriteStatement {
  const decisions = decideAccounts(write)
  const refuse = sql`(select authly_refuse('AU409', code) from decided where code is not null limit 1)`
  if (write.isDryRun) {
    return { ctes: decisions, outcome: outcomes(sql`code`, sql`null::uuid`, sql`false`), refuse }
  }
  if (write.existing === 'delete') {
    const ctes = sql`${decisions}, ${deleting(write)}`
    return { ctes, outcome: outcomes(sql`code`, sql`null::uuid`, sql`true`), refuse }
  }
  // A concurrent write created an account with the same identifier first.
  const code = sql`case when outcome = 'created' and inserted.id is null then 'exists' else code end`
  return {
    ctes: sql`${decisions}, ${putting(write)}`,
    outcome: outcomes(code, sql`inserted.id`, sql`true`, sql`left join inserted on inserted.id = decided.id`),
    refuse,
  }
}

const outcomes = (code: SQL, insertedId: SQL, isWritten: SQL, join: SQL = sql``): SQL => sql`
  (select coalesce(jsonb_agg(jsonb_build_object('line', line, 'code', ${code},
      'outcome', case when ${code} is null then outcome else 'failed' end,
      'user_id', coalesce((account).id, ${insertedId}, case when line is null then decided.id end),
      'version', (account).version,
      'signs_out', case when not ${isWritten} then null when outcome = 'deleted' then 'account_deleted'
        when outcome <> 'updated' then null
        when (account).status = 'active' and (next).status = 'disabled' then 'account_disabled'
        when rehashes then 'credentials_reset' end,
      'changes_factors', ${isWritten} and outcome = 'updated' and adds_otp
    ) order by line, decided.id), '[]') from decided ${join})`

/** Says that there are generators of one-time passwords, and nothing about them. */
const addedOtp = sql.raw(`'{"one_time_passwords": {"before": null, "after": "added"}}'::jsonb`)

const columns = Object.values(getTableColumns(users)).map(({ name }) => name)
const listed = (names: readonly string[], prefix = ''): SQL =>
  sql.raw(names.map((name) => `${prefix}${name}`).join(', '))
/** The columns an update may change. */
const changeable = columns.filter((name) => !['id', 'version', 'created_at', 'updated_at'].includes(name))

const putting = (write: AccountWrite): SQL => sql`
  inserted as (
    insert into users (${listed(columns)}) select ${listed(columns, '(next).')} from decided where outcome = 'created'
    ${write.isBulk ? sql`on conflict do nothing` : sql``} returning *
  ), updated as (
    update users set (${listed(changeable)}) = (select ${listed(changeable, '(decided.next).')}),
      version = users.version + 1, updated_at = now()
    from decided where outcome = 'updated' and changes <> '{}' and users.id = (account).id
  ), hashed as (
    insert into password_credentials (user_id, hash, must_change)
    select coalesce(inserted.id, (account).id), hash, coalesce(must_change, false)
    from decided left join inserted on inserted.id = decided.id
    where hash is not null and (inserted.id is not null or rehashes)
    on conflict (user_id) do update set hash = excluded.hash, must_change = excluded.must_change, changed_at = now()
  ), linked as (
    insert into password_setup_links (user_id, purpose, secret_hash, sent_to, expires_at)
    select decided.id, 'invitation', link_hash, link_sent_to, to_timestamp(link_expires_at / 1000.0)
    from decided join inserted on inserted.id = decided.id where link_hash is not null
  ), added_otp as (
    insert into otp_credentials (id, user_id, kind, name, sealed_secret, algorithm, digits, period_seconds, counter)
    select new.id, coalesce(inserted.id, (account).id), kind, name, sealed_secret, algorithm, digits, period_seconds, counter
    from decided left join inserted on inserted.id = decided.id
      cross join lateral jsonb_to_recordset(decided.otp) as new (id uuid, kind text, name text, sealed_secret text,
        algorithm text, digits smallint, period_seconds smallint, counter bigint)
    where inserted.id is not null or adds_otp
    on conflict (id) do nothing
  ), added_passkey as (
    insert into passkeys (credential_id, user_id, rp_id, public_key, sign_count, transports, aaguid, name,
      backup_eligible, backed_up, attestation_format)
    select new.credential_id, inserted.id, rp_id, public_key, sign_count, transports, aaguid, name,
      backup_eligible, backed_up, attestation_format
    from decided join inserted on inserted.id = decided.id
      cross join lateral jsonb_to_record(decided.passkey) as new (credential_id text, rp_id text, public_key text,
        sign_count bigint, transports text[], aaguid uuid, name text, backup_eligible boolean, backed_up boolean,
        attestation_format text)
    where passkey is not null
  ), recorded as (${recordEvents(
    write,
    sql`
    select decided.event_id as id, ${write.events?.created ?? 'user.created'}::text as type, inserted.id as user_id,
      authly_changes('{}', to_jsonb(inserted))
        || case when otp is not null then ${addedOtp} else '{}' end as changes, ${dataOf(write)} as data, line
    from decided join inserted on inserted.id = decided.id
    union all
    select event_id, ${write.events?.updated ?? 'user.updated'}::text, (account).id, changes
        || case when rehashes then '{"password": {"before": null, "after": "replaced"}}'::jsonb else '{}' end
        || case when adds_otp then ${addedOtp} else '{}' end,
      ${dataOf(write)}, line
    from decided where outcome = 'updated'
    order by line`,
  )})`

/**
 * Deletion, including blanking the user's personal data in the trail. The deletion's own events must contain no
 * personal data, because blanking does not see rows written by the same statement.
 */
const deleting = (write: AccountWrite): SQL => sql`
  deleted as (
    delete from users using decided where users.id = decided.id and outcome = 'deleted'
  ), blanked as (
    ${erasePersonalDataOf(sql`array(select id::text from decided where outcome = 'deleted')`)}
  ), recorded as (${recordEvents(
    write,
    sql`
    select event_id as id, 'user.deleted' as type, id as user_id, null::jsonb as changes, '{}'::jsonb as data
    from decided where outcome = 'deleted'
    union all
    select erasure_id, 'audit.personal_data_erased', id, null, jsonb_build_object('proof', proof)
    from decided where outcome = 'deleted'`,
  )})`

const dataOf = ({ data = {} }: AccountWrite): SQL =>
  sql`jsonb_strip_nulls(${JSON.stringify(data)}::jsonb || jsonb_build_object('line', line))`

/** `source` has id, type, user_id, changes and data, in trail order. */
function recordEvents({ writer: { authorized, origin, now } }: AccountWrite, source: SQL): SQL {
  const { actor } = authorized
  const userId = sql`event.user_id::text`
  return insertEventPerRow(sql`(${source}) as event`, {
    ...{ id: sql`event.id`, type: sql`event.type`, occurred_at: now ?? sql`now()`, outcome: 'success' },
    ...{
      actor_type: actor.type,
      actor_id: actor.id,
      user_id: userId,
      entity_type: 'user',
      entity_id: userId,
    },
    ...{ client_id: actor.type === 'client' ? actor.id : undefined, ...origin },
    ...{ changes: sql`event.changes`, data: sql`event.data` },
  })
}
