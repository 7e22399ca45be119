/**
 * Computes missing normal forms: for accounts that predate them, for identifiers written without the API, and for all
 * accounts after the rules changed (`formVersion`).
 */

import { sql } from 'drizzle-orm'
import type { RunBatch } from '../db/run-batch.ts'
import { logWarning } from '../kit/log.ts'
import { formsOf, searchedNames } from './account-normal-forms.ts'
import { formVersion } from './normal-form.ts'

const pageSize = 1000
/** Keeps a run below the number of subrequests one invocation may make; the next run continues. */
const maxPages = 100

interface DueRow extends Record<string, unknown> {
  readonly id: string
  readonly version: number
  readonly username: string | null
  readonly email: string | null
  readonly profile: Readonly<Record<string, unknown>>
}

const profileNames = sql.raw(searchedNames.map((name) => `'${name}', profile->'${name}'`).join(', '))

const due = sql`
  select id, version, username, email, jsonb_build_object(${profileNames}) as profile
  from users where coalesce(form_version, 0) < ${formVersion}::int limit ${pageSize}`

/** An account that changed since it was read is skipped; the next page picks it up. */
const writeForms = (rows: readonly DueRow[]) => sql`
  update users set username_form = made.username_form, email_form = made.email_form, name_form = made.name_form,
    form_version = made.form_version
  from jsonb_to_recordset(${JSON.stringify(
    rows.map(({ id, version, ...names }) => ({ id, version, ...formsOf(names) })),
  )}::jsonb) as made (id uuid, version bigint, username_form text, email_form text, name_form text, form_version smallint)
  where users.id = made.id and users.version = made.version`

/**
 * Fills what is due, up to the limit of one run. Where two accounts turn out to share an identifier, the older one
 * keeps it and the other is listed (`listIdentifierCollisions`).
 */
export async function computeMissingForms(runBatch: RunBatch): Promise<void> {
  let [rows = []] = (await runBatch([due])) as [DueRow[]?]
  if (rows.length === 0) return
  for (let page = 0; page < maxPages && rows.length > 0; page++) {
    const [, next = []] = (await runBatch([writeForms(rows), due])) as [unknown, DueRow[]?]
    rows = next
  }
  const [[found] = []] = await runBatch([
    sql`select count(*)::int as accounts from user_identifier_collisions`,
  ])
  if (found?.['accounts']) {
    logWarning('identifier_collisions', { count: Number(found['accounts']) })
  }
}
