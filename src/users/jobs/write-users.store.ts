/**
 * Rows of accounts as one statement: who exists already, who is created, who is changed, their passwords and
 * invitations, and an audit event for each. What came of every row is part of its outcome.
 */
import { type SQL, sql } from 'drizzle-orm'
import { heldPermissions, isManageable } from '../../access/rights.store.ts'
import type { JobOrder } from '../../jobs/job.ts'
import type { StepStatement } from '../../jobs/job-kind.ts'
import type { WrittenRow } from './written-row.ts'

export interface WriteOptions {
  readonly order: JobOrder
  readonly onConflict: 'fail' | 'skip' | 'update'
  readonly createdEvent: 'user.created' | 'user.imported'
  /** Writes nothing and says what would happen. */
  readonly dryRun: boolean
}

/** What an audit event of a job shows of an account. */
const visible = (alias: string): SQL => sql.raw(`to_jsonb(${alias})`)

const given = (rows: readonly WrittenRow[]): SQL => sql`
  given as materialized (
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (
      line int, id uuid, event_id uuid, username text, email text, email_verified boolean, phone_number text,
      phone_number_verified boolean, profile jsonb, status text, hash text, must_change boolean, link_hash text,
      link_expires_at bigint, username_form text, email_form text, name_form text, form_version smallint)
  )`

/** Who has the row's identifier of this kind, and whether as the same kind. The second spelling: see `plainForm`. */
const holders = (kind: 'username' | 'email'): SQL =>
  sql.raw(`
    select given.line, '${kind}' as kind, users.id as user_id,
      coalesce(users.${kind}_form, lower(users.${kind})) in (given.${kind}_form, lower(given.${kind})) is true as is_same_kind
    from given join user_identifiers on identifier in (given.${kind}_form, lower(given.${kind}))
      join users on users.id = user_identifiers.user_id`)

/**
 * One index lookup per identifier of each row; two different people for one row are an ambiguity. Attack: a row
 * whose e-mail address is somebody's username would take his name, or be taken for him: it fails.
 */
const matched = (order: JobOrder): SQL => sql`
  named as materialized (${holders('email')} union all ${holders('username')}),
  matched as materialized (
    select line, (array_agg(user_id))[1] as user_id, count(*) > 1 as ambiguous
    from (
      select given.line, users.id as user_id from given join users on users.id = given.id
      union select line, user_id from named where is_same_kind
    ) as found group by line
  ), taken as materialized (
    select named.line, min(kind) as kind from named left join matched on matched.line = named.line
    where not is_same_kind and named.user_id is distinct from matched.user_id group by named.line
  ), ${heldPermissions(order.authorized.actor)},
  target as materialized (
    select matched.line, matched.ambiguous, users.*, ${isManageable} as manageable
    from held, matched join users on users.id = matched.user_id
  )`

/**
 * Attack: an account made anew under an id that was erased. All that is told of it would be taken for what arrived
 * late about the erased person, and leave the trail before it is sealed.
 */
const isErased = sql`exists (select from audit_events
  where user_id = given.id::text and type = 'audit.personal_data_erased')`

/** Attack: a stolen token makes itself at home by a password of its own. As with single accounts. */
const isOwnCredential = ({ authorized: { actor } }: JobOrder): SQL => sql`
  (${actor.type}::text = 'user' and target.id::text = ${actor.id}::text
    and (given.hash is not null or given.status = 'disabled'))`

/** The statement of a step. Its outcome: `WrittenOutcome[]`. */
export function writeUsers(rows: readonly WrittenRow[], options: WriteOptions): StepStatement {
  const { order, onConflict, dryRun } = options
  const wanted = sql`${onConflict}::text`
  const decided = sql`
    decided as materialized (
      select given.*, target.id as target_id,
        case
          when judged.code is not null then 'failed'
          when matched.line is null then 'created'
          when ${wanted} = 'skip' then 'skipped'
          else 'updated'
        end as outcome,
        judged.code
      from given left join matched on matched.line = given.line left join target on target.line = given.line
        left join taken on taken.line = given.line
        cross join lateral (select case
          when matched.line is null then case when ${isErased} then 'erased' else taken.kind || '_taken' end
          when ${wanted} = 'skip' then null
          when ${wanted} = 'fail' then 'exists'
          when matched.ambiguous then 'ambiguous'
          when taken.kind is not null then taken.kind || '_taken'
          when not target.manageable then 'more_privileged'
          when ${isOwnCredential(order)} then 'yourself'
          when given.status = 'disabled' and target.roles @> '{admin}' then 'administrator'
        end as code) as judged
    )`
  const reading = sql`${given(rows)}, ${matched(order)}, ${decided}`
  if (dryRun) {
    return {
      ctes: reading,
      outcome: sql`(select coalesce(jsonb_agg(jsonb_build_object('line', line, 'outcome', outcome, 'code', code,
        'user_id', target_id) order by line), '[]') from decided)`,
    }
  }
  return {
    ctes: sql`${reading}, ${writing(options)}`,
    outcome: sql`(select coalesce(jsonb_agg(jsonb_build_object('line', decided.line,
        'outcome', case
          when decided.outcome = 'created' and inserted.id is null then 'failed'
          when decided.outcome = 'updated' and updated.id is null and rehashed.user_id is null then 'unchanged'
          else decided.outcome end,
        'code', case when decided.outcome = 'created' and inserted.id is null then 'exists' else decided.code end,
        'user_id', coalesce(inserted.id, decided.target_id),
        'signs_out', case when updated.id is not null and decided.status = 'disabled' then 'account_disabled'
          when rehashed.user_id is not null then 'credentials_reset' end
        ) order by decided.line), '[]')
      from decided
        left join inserted on inserted.id = decided.id and decided.outcome = 'created'
        left join updated on updated.id = decided.target_id and decided.outcome = 'updated'
        left join rehashed on rehashed.user_id = decided.target_id and decided.outcome = 'updated')`,
  }
}

function writing({ order, createdEvent }: WriteOptions): SQL {
  const created = sql`decided.outcome = 'created'`
  const updated = sql`decided.outcome = 'updated'`
  return sql`
    inserted as (
      insert into users (id, username, email, email_verified, phone_number, phone_number_verified, profile, status,
        username_form, email_form, name_form, form_version)
      select id, username, email, coalesce(email_verified, false), phone_number,
        coalesce(phone_number_verified, false), coalesce(profile, '{}'), coalesce(status, 'active'),
        username_form, email_form, name_form, form_version
      from decided where ${created}
      on conflict do nothing
      returning *
    ), updated as (
      update users set
        username = coalesce(decided.username, users.username),
        email = coalesce(decided.email, users.email),
        email_verified = coalesce(decided.email_verified,
          users.email_verified and (decided.email is null
            or decided.email_form is not distinct from coalesce(users.email_form, lower(users.email)))),
        phone_number = coalesce(decided.phone_number, users.phone_number),
        phone_number_verified = coalesce(decided.phone_number_verified,
          users.phone_number_verified
            and (decided.phone_number is null or decided.phone_number is not distinct from users.phone_number)),
        profile = authly_merge_patch(users.profile, coalesce(decided.profile, '{}')),
        status = coalesce(decided.status, users.status),
        username_form = coalesce(decided.username_form, users.username_form),
        email_form = coalesce(decided.email_form, users.email_form),
        -- The oldest of its forms: those that the row does not bring stay as they are. Null is of no form.
        form_version = least(decided.form_version, users.form_version),
        version = users.version + 1, updated_at = now()
      from decided
      where ${updated} and users.id = decided.target_id and (
        coalesce(decided.username, users.username) is distinct from users.username
        or coalesce(decided.email, users.email) is distinct from users.email
        or coalesce(decided.email_verified, users.email_verified) <> users.email_verified
        or coalesce(decided.phone_number, users.phone_number) is distinct from users.phone_number
        or coalesce(decided.phone_number_verified, users.phone_number_verified) <> users.phone_number_verified
        or coalesce(decided.status, users.status) <> users.status
        or authly_merge_patch(users.profile, coalesce(decided.profile, '{}')) <> users.profile)
      returning users.*
    ), hashed as (
      insert into password_credentials (user_id, hash, must_change)
      select decided.id, decided.hash, coalesce(decided.must_change, false)
      from decided join inserted on inserted.id = decided.id where decided.hash is not null
    ), rehashed as (
      insert into password_credentials (user_id, hash, must_change)
      select decided.target_id, decided.hash, coalesce(decided.must_change, false)
      from decided where ${updated} and decided.hash is not null
      on conflict (user_id) do update set hash = excluded.hash, must_change = excluded.must_change, changed_at = now()
        where password_credentials.hash <> excluded.hash
      returning user_id
    ), linked as (
      insert into password_setup_links (user_id, purpose, secret_hash, expires_at)
      select decided.id, 'invitation', decided.link_hash, to_timestamp(decided.link_expires_at / 1000.0)
      from decided join inserted on inserted.id = decided.id where decided.link_hash is not null
    ), recorded as (
      insert into audit_events (id, type, occurred_at, outcome, actor_type, actor_id, user_id, client_id, entity_type,
        entity_id, ip, user_agent, request_id, changes, data)
      select told.event_id, told.type, now(), 'success', ${order.authorized.actor.type}, ${order.authorized.actor.id}, told.user_id::text,
        ${order.authorized.actor.type === 'client' ? order.authorized.actor.id : null}::text, 'user', told.user_id::text,
        ${order.origin.ip ?? null}::text, ${order.origin.user_agent ?? null}::text,
        ${order.origin.request_id}::text, told.changes,
        jsonb_build_object('job_id', ${order.job_id}::text, 'line', told.line)
      from (
        select decided.event_id, ${createdEvent}::text as type, inserted.id as user_id, decided.line,
          authly_changes('{}', ${visible('inserted')}) as changes
        from decided join inserted on inserted.id = decided.id
        union all
        select decided.event_id, 'user.updated', decided.target_id, decided.line,
          authly_changes(${visible('users')}, coalesce(${visible('updated')}, ${visible('users')}))
            || case when rehashed.user_id is null then '{}'::jsonb else '{"password": {"before": null, "after": "replaced"}}'::jsonb end
        from decided join users on users.id = decided.target_id
          left join updated on updated.id = decided.target_id left join rehashed on rehashed.user_id = decided.target_id
        where ${updated} and (updated.id is not null or rehashed.user_id is not null)
      ) as told order by told.line
    )`
}
