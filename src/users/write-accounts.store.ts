/**
 * The one write of accounts: a single creation, change or deletion is the batch of one row. One statement locks the
 * accounts, decides about each row (refusals.ts), writes, and records an audit event for every account it wrote.
 */
import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Authorized } from '../access/authorized.ts'
import { heldPermissions, isManageable } from '../access/rights.store.ts'
import { blankEventsOf } from '../audit/erase-personal-data.store.ts'
import type { AuditEventType, Origin } from '../audit/event.ts'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import { users } from '../db/schema.ts'
import type { AccountRows } from './account-rows.store.ts'
import { refusals } from './refusals.ts'

/** In whose name, and from where: what every event says. A request, or the order of a job. */
export interface Writer {
  readonly authorized: Pick<Authorized, 'actor'>
  readonly origin: Origin
  /** When it happens (milliseconds since the Unix epoch); undefined: when Postgres writes it. */
  readonly now?: number | undefined
}

export interface AccountWrite {
  readonly writer: Writer
  readonly rows: AccountRows
  /** A row that meets no account makes one. */
  readonly creates?: boolean
  /** What happens to an account that a row meets. */
  readonly existing: 'fail' | 'skip' | 'update' | 'delete'
  /** Work on many accounts: administrators are left to requests of their own. */
  readonly isBulk: boolean
  /** Versions that may be changed; undefined: any. */
  readonly expectedVersions?: readonly number[] | undefined
  readonly events?: { readonly created?: AuditEventType; readonly updated?: AuditEventType }
  /** Of the events. */
  readonly data?: object
  /** Decides and writes nothing. */
  readonly isDryRun?: boolean
}

export interface WriteStatement {
  /** Comma-separated CTEs without `WITH`. */
  readonly ctes: SQL
  /** Over them, jsonb: `AccountOutcome[]` in the order of the rows. */
  readonly outcome: SQL
  /** A scalar over them that ends the transaction (`AU409`) when a row was refused. */
  readonly refuse: SQL
}

/** The statement of a write. */
export function writeAccounts(write: AccountWrite): WriteStatement {
  const decisions = sql`${write.rows.ctes}, ${attempt(write)}, ${decide(write)}`
  const refuse = sql`(select authly_refuse('AU409', code) from decided where code is not null limit 1)`
  if (write.isDryRun) {
    return { ctes: decisions, outcome: outcomes(sql`code`, sql`null::uuid`, sql`false`), refuse }
  }
  if (write.existing === 'delete') {
    const ctes = sql`${decisions}, ${deleting(write)}`
    return { ctes, outcome: outcomes(sql`code`, sql`null::uuid`, sql`true`), refuse }
  }
  // A parallel write of the same name came first.
  const code = sql`case when outcome = 'created' and inserted.id is null then 'exists' else code end`
  return {
    ctes: sql`${decisions}, ${putting(write)}`,
    outcome: outcomes(code, sql`inserted.id`, sql`true`, sql`left join inserted on inserted.id = decided.id`),
    refuse,
  }
}

/** What a new account has where its row says nothing. */
const blank = {
  ...{
    email_verified: false,
    phone_number_verified: false,
    profile: {},
    roles: [],
    status: 'active',
    version: 1,
  },
}

/**
 * What each row would make of the account it met (`account` → `next`). Attack: an address verified once vouches for
 * another that somebody put in its place; so it does for none.
 */
const attempt = ({
  writer: {
    authorized: { actor },
  },
  existing,
  creates,
  isBulk,
  expectedVersions,
}: AccountWrite): SQL => sql`
  attempt as materialized (
    select given.*, (account).id is not null as existing, account, coalesce(ambiguous, false) as ambiguous, taken,
      ${creates ?? false}::boolean as creates, ${existing}::text as on_conflict,
      ${existing === 'delete'}::boolean as deletes, ${isBulk}::boolean as is_bulk,
      ${actor.type === 'user'}::boolean and (account).id::text = ${actor.id}::text as own,
      ${matchesVersion(expectedVersions)} as version_expected,
      case
        when (account).id is null then jsonb_populate_record(null::users, ${JSON.stringify(blank)}::jsonb
          || jsonb_build_object('id', given.id, 'created_at', now(), 'updated_at', now()) || patch)
        when ${existing === 'update'}::boolean then jsonb_populate_record(account, (patch - 'name_form') || ${consequences})
      end as next
    from given left join found on found.row_id = given.id
  )`

const matchesVersion = (expected: readonly number[] | undefined): SQL =>
  expected === undefined
    ? sql`true`
    : sql`(account).version in (select jsonb_array_elements_text(${JSON.stringify(expected)}::jsonb)::bigint)`

/** What follows from a patch of an account that exists. The form of its names is as old as the oldest of them. */
const consequences = sql.raw(`
  case when patch ? 'profile' then jsonb_build_object('profile', authly_merge_patch((account).profile, patch -> 'profile'))
    else '{}' end
  || case when patch ? 'form_version' then jsonb_build_object('form_version',
      least((patch ->> 'form_version')::smallint, (account).form_version)) else '{}' end
  || case when patch ? 'email' and not patch ? 'email_verified' then jsonb_build_object('email_verified',
      (account).email_verified and coalesce((account).email_form, lower((account).email))
        is not distinct from patch ->> 'email_form') else '{}' end
  || case when patch ? 'phone_number' and not patch ? 'phone_number_verified' then jsonb_build_object(
      'phone_number_verified', (account).phone_number_verified
        and (account).phone_number is not distinct from patch ->> 'phone_number') else '{}' end`)

const isErased = sql`exists (select from audit_events
  where user_id = attempt.id::text and type = 'audit.personal_data_erased')`

const firstRefusal = sql.raw(
  refusals.map(({ code, when }) => `when ${when} then '${code}'`).join('\n            '),
)

/** The first refusal of each row, and what comes of the others. */
const decide = ({
  writer: {
    authorized: { actor },
  },
}: AccountWrite): SQL => sql`
  ${heldPermissions(actor)},
  judged as materialized (
    select attempt.*, judgement.code
    from held, attempt
      cross join lateral (select (attempt.account).roles) as users
      cross join lateral (select ${isErased} as erased, ${isManageable} as manageable) as asked
      cross join lateral (select case
            when existing and on_conflict = 'skip' then null
            ${firstRefusal} end as code) as judgement
  ), compared as materialized (
    select judged.*, case when changes_account and account is distinct from next then authly_changes(to_jsonb(account), to_jsonb(next)) else '{}' end as changes,
      changes_account and hash is not null
        and hash is distinct from (select hash from password_credentials where user_id = (account).id) as rehashes
    from judged cross join lateral (select existing and code is null and on_conflict = 'update' as changes_account) as c
  ), decided as materialized (
    select *, case
        when code is not null then 'failed' when not existing then 'created' when deletes then 'deleted'
        when on_conflict = 'skip' then 'skipped' when changes = '{}' and not rehashes then 'unchanged'
        else 'updated'
      end as outcome
    from compared
  )`

const outcomes = (code: SQL, insertedId: SQL, isWritten: SQL, join: SQL = sql``): SQL => sql`
  (select coalesce(jsonb_agg(jsonb_build_object('line', line, 'code', ${code},
      'outcome', case when ${code} is null then outcome else 'failed' end,
      'user_id', coalesce((account).id, ${insertedId}, case when line is null then decided.id end),
      'version', (account).version,
      'signs_out', case when not ${isWritten} then null when outcome = 'deleted' then 'account_deleted'
        when outcome <> 'updated' then null
        when (account).status = 'active' and (next).status = 'disabled' then 'account_disabled'
        when rehashes then 'credentials_reset' end
    ) order by line, decided.id), '[]') from decided ${join})`

const columns = Object.values(getTableColumns(users)).map(({ name }) => name)
const listed = (names: readonly string[], prefix = ''): SQL =>
  sql.raw(names.map((name) => `${prefix}${name}`).join(', '))
/** Those that a change may change. */
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
    insert into password_setup_links (user_id, purpose, secret_hash, expires_at)
    select decided.id, 'invitation', link_hash, to_timestamp(link_expires_at / 1000.0)
    from decided join inserted on inserted.id = decided.id where link_hash is not null
  ), recorded as (${recordEvents(
    write,
    sql`
    select decided.event_id as id, ${write.events?.created ?? 'user.created'}::text as type, inserted.id as user_id,
      authly_changes('{}', to_jsonb(inserted)) as changes, ${dataOf(write)} as data, line
    from decided join inserted on inserted.id = decided.id
    union all
    select event_id, ${write.events?.updated ?? 'user.updated'}::text, (account).id, changes
        || case when rehashes then '{"password": {"before": null, "after": "replaced"}}'::jsonb else '{}' end,
      ${dataOf(write)}, line
    from decided where outcome = 'updated'
    order by line`,
  )})`

/**
 * Deletion, and what the trail keeps of the people in person. The events of the deletion hold nothing of them, because
 * blanking does not see rows of its own statement.
 */
const deleting = (write: AccountWrite): SQL => sql`
  deleted as (
    delete from users using decided where users.id = decided.id and outcome = 'deleted'
  ), blanked as (
    ${blankEventsOf(sql`array(select id::text from decided where outcome = 'deleted')`)}
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

/** `source` has id, type, user_id, changes and data, in the order of the trail. */
const recordEvents = (
  {
    writer: {
      authorized: { actor },
      origin,
      now,
    },
  }: AccountWrite,
  source: SQL,
): SQL =>
  insertEventPerRow(sql`(${source}) as event`, {
    ...{ id: sql`event.id`, type: sql`event.type`, occurred_at: now ?? sql`now()`, outcome: 'success' },
    ...{ actor_type: actor.type, actor_id: actor.id, user_id: sql`event.user_id::text` },
    ...{ client_id: actor.type === 'client' ? actor.id : undefined, entity_type: 'user' },
    ...{ entity_id: sql`event.user_id::text`, ...origin, changes: sql`event.changes`, data: sql`event.data` },
  })
