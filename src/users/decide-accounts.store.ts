/**
 * Decides the outcome of each row of a write from the current state of its account: the first refusal that applies
 * (refusals.ts), or the account after the change, and whether it differs.
 */

import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../access/actor.ts'
import { allPermissions, heldPermissions, isManageable } from '../access/rights.store.ts'
import type { AuditEventType, Origin } from '../audit/event.ts'
import { isExpectedVersion } from '../db/fragments.ts'
import type { AccountRows } from './match-accounts.store.ts'
import { refusals } from './refusals.ts'

/**
 * Who writes: an administrator or a service account, by permissions. Or the server (`system`), or the owner of the account
 * on their own pages, who needs none for it.
 */
export type AccountActor =
  | (Actor & { readonly isOwner?: undefined })
  | { readonly type: 'user'; readonly id: string; readonly isOwner: true }
  | { readonly type: 'system'; readonly id?: undefined }

/** The actor and origin recorded in every event; from a request or the order of a job. */
export interface Writer {
  readonly authorized: { readonly actor: AccountActor }
  readonly origin: Origin
  /** When it happens (milliseconds since the Unix epoch); undefined: the time of the write in Postgres. */
  readonly now?: number | undefined
}

export interface AccountWrite {
  readonly writer: Writer
  readonly rows: AccountRows
  /** A row that matches no account creates one. */
  readonly creates?: boolean
  /** What to do with an account that a row matches. */
  readonly existing: 'fail' | 'skip' | 'update' | 'delete'
  /** Bulk job: accounts of administrators are refused and need requests of their own. */
  readonly isBulk: boolean
  /** Versions that may be changed; undefined: any. */
  readonly expectedVersions?: readonly number[] | undefined
  readonly events?: { readonly created?: AuditEventType; readonly updated?: AuditEventType }
  /** `data` of the events. */
  readonly data?: object
  /** Decides without writing. */
  readonly isDryRun?: boolean
}

/** CTEs, the last of which is `decided`: the rows with `account` → `next`, `code`, `outcome`, `changes`. */
export const decideAccounts = (write: AccountWrite): SQL =>
  sql`${write.rows.ctes}, ${attempt(write)}, ${judge(write)}, ${compare}`

/** Defaults of a new account. */
const blank = JSON.stringify({
  ...{
    email_verified: false,
    phone_number_verified: false,
    profile: {},
    roles: [],
    status: 'active',
    version: 1,
  },
})

/** The account each row would produce, and the values the refusals need. */
function attempt({ writer, existing, creates = false, isBulk, expectedVersions }: AccountWrite): SQL {
  const { actor } = writer.authorized
  return sql`
  attempt as materialized (
    select given.*, (account).id is not null as existing, account, coalesce(gone, false) as gone,
      coalesce(ambiguous, false) as ambiguous, taken,
      (account).id is not null and row_number() over (
        partition by (account).id, ambiguous or taken is not null order by line) > 1 as is_repeated,
      ${creates}::boolean as creates, ${existing}::text as on_conflict,
      ${existing === 'delete'}::boolean as deletes, ${isBulk}::boolean as is_bulk,
      ${actor.type === 'user'}::boolean and (account).id::text = ${actor.id ?? null}::text as own,
      ${isExpectedVersion(sql`(account).version`, expectedVersions)} as version_expected,
      case
        when (account).id is null then jsonb_populate_record(null::users, ${blank}::jsonb
          || jsonb_build_object('id', given.id, 'created_at', now(), 'updated_at', now()) || patch)
        when ${existing === 'update'}::boolean then
          jsonb_populate_record(account, (patch - 'name_form') || ${consequences})
      end as next
    from given left join found on found.row_id = given.id
  )`
}

/**
 * Consequences of a patch. The form version is the oldest of the forms it covers. Attack: a verified address or number
 * would vouch for an unverified one put in its place. Who asks again for the deletion of an account does not put it off.
 */
const consequences = sql.raw(`
  case when patch ? 'profile' then jsonb_build_object('profile',
      authly_merge_patch((account).profile, patch -> 'profile')) else '{}' end
  || case when patch ? 'form_version' then jsonb_build_object('form_version',
      least((patch ->> 'form_version')::smallint, (account).form_version)) else '{}' end
  || case when patch ? 'email' and not patch ? 'email_verified' then jsonb_build_object('email_verified',
      (account).email_verified and coalesce((account).email_form, lower((account).email))
        is not distinct from patch ->> 'email_form') else '{}' end
  || case when patch ? 'phone_number' and not patch ? 'phone_number_verified' then jsonb_build_object(
      'phone_number_verified', (account).phone_number_verified
        and (account).phone_number is not distinct from patch ->> 'phone_number') else '{}' end
  || case when patch ->> 'deletion_due_at' is not null and (account).deletion_due_at is not null
      then jsonb_build_object('deletion_due_at', (account).deletion_due_at) else '{}' end`)

const isErased = sql`exists (select from audit_events
  where user_id = attempt.id::text and type = 'audit.personal_data_erased')`

const firstRefusal = sql.raw(refusals.map(({ code, when }) => `when ${when} then '${code}'`).join('\n'))

/** Attack: a form of an own page that names another account. Whoever has no permissions writes their own account alone. */
const mayManage = (actor: AccountActor): SQL =>
  actor.type !== 'system' && actor.isOwner ? sql`attempt.own` : isManageable

const judge = ({ writer: { authorized } }: AccountWrite): SQL => sql`
  ${authorized.actor.type === 'system' ? allPermissions : heldPermissions(authorized.actor)},
  judged as materialized (
    select attempt.*, judgement.code
    from held, attempt
      cross join lateral (select (attempt.account).roles) as users
      cross join lateral (select ${isErased} as erased, ${mayManage(authorized.actor)} as manageable) as asked
      cross join lateral (
        select case when existing and on_conflict = 'skip' then null ${firstRefusal} end as code
      ) as judgement
  )`

const compare = sql.raw(`
  compared as materialized (
    select judged.*,
      case when is_patched and account is distinct from next
        then authly_changes(to_jsonb(account), to_jsonb(next)) else '{}' end as changes,
      is_patched and hash is not null
        and hash is distinct from (select hash from password_credentials where user_id = (account).id) as rehashes,
      is_patched and exists (
        select from jsonb_to_recordset(otp) as new (id uuid)
        where not exists (select from otp_credentials where otp_credentials.id = new.id)) as adds_otp
    from judged
      cross join lateral (select existing and code is null and on_conflict = 'update' as is_patched) as patching
  ), decided as materialized (
    select *, case
        when code is not null then 'failed' when not existing then 'created' when deletes then 'deleted'
        when on_conflict = 'skip' then 'skipped' when changes = '{}' and not rehashes and not adds_otp then 'unchanged'
        else 'updated'
      end as outcome
    from compared
  )`)
