/** `users.create`: new accounts, each with its own password, a generated one, or an invitation. */
import { z } from 'zod'
import { openCredentials, sealCredentials } from '../../jobs/credentials.ts'
import { defineJobKind, type JobWork } from '../../jobs/job-kind.ts'
import { describeForPrograms } from '../../passwords/describe-for-programs.ts'
import { checkNewPassword } from '../../passwords/password-policy.ts'
import { issueInvitation, issueTemporaryPassword } from '../first-credentials.ts'
import { accountsOfNames } from '../match-accounts.store.ts'
import { defaultLinkSeconds } from '../password-setup.ts'
import { writeAccounts } from '../write-accounts.store.ts'
import type { AccountOutcome, StoredCredentials } from '../written-row.ts'
import { planRows, type RowStep } from './plan-rows.ts'
import { recordRows, rowFiles } from './row-results.ts'
import type { RowCursor } from './take-rows.ts'
import { type RowError, type UploadRow, uploadColumns } from './upload-row.ts'

const params = z.object({
  credentials: z.enum(['none', 'temporary_password', 'invitation']),
  dry_run: z.boolean(),
  format: z.enum(['csv', 'ndjson']),
  /** Those in force at the order; an order of an older version has none. */
  password_rules: z
    .object({ min_length: z.number(), service_names: z.array(z.string()).readonly() })
    .default({ min_length: 15, service_names: [] }),
})
export type CreateParams = z.output<typeof params>

/** Columns of an upload of new accounts. */
export const createColumns: ReadonlySet<string> = new Set(
  [...uploadColumns].filter((name) => name !== 'password_hash' && name !== 'otp'),
)

export const createUsers = defineJobKind<CreateParams, RowCursor, RowStep, readonly AccountOutcome[]>({
  name: 'users.create',
  permission: 'admin:users:write',
  params,
  effect: ({ dry_run }) => (dry_run ? 'read' : 'write'),
  inputColumns: createColumns,
  files: ({ format }) => rowFiles(format),

  async plan(work, cursor) {
    const { credentials, dry_run } = work.params
    const isCostly = ({ password }: UploadRow) =>
      !dry_run && (password !== undefined || credentials === 'temporary_password')
    const secrets: object[] = []
    const step = await planRows(work, cursor, (...row) => prepare(work, secrets, ...row), isCostly)
    if (secrets.length === 0) return step
    return { ...step, secrets: await sealCredentials(work.root, work.order.job_id, secrets) }
  },

  statement: ({ order, params: { dry_run } }, { rows }) =>
    writeAccounts({
      ...{ writer: order, rows: accountsOfNames(rows, { locks: false }), data: { job_id: order.job_id } },
      ...{ creates: true, existing: 'fail', isBulk: true, isDryRun: dry_run },
    }),

  async record(work, step, outcomes) {
    const secrets = step.secrets ? await openCredentials(work.root, work.order.job_id, step.secrets) : []
    const created = new Set(outcomes.filter(({ outcome }) => outcome === 'created').map(({ line }) => line))
    const shown = secrets.filter(({ line }) => created.has(line as number))
    const sealed = shown.length > 0 ? await sealCredentials(work.root, work.order.job_id, shown) : ''
    return recordRows(work, step, outcomes, sealed && `${sealed}\n`)
  },
})

/** @param secrets generated secrets, as they will appear in the credentials file */
async function prepare(
  work: JobWork<CreateParams>,
  secrets: object[],
  { username, email, password, password_hash, password_must_change, otp }: UploadRow,
  { id, line }: { readonly id: string; readonly line: number },
): Promise<StoredCredentials | readonly RowError[]> {
  if (password_hash !== undefined) {
    return [{ field: 'password_hash', detail: 'is for imports; create takes password' }]
  }
  if (otp !== undefined) return [{ field: 'otp', detail: 'is for imports' }]
  const identifiers = [username, email].filter((name) => name !== undefined)
  const { credentials, dry_run, password_rules: rules } = work.params
  const problem = password === undefined ? undefined : checkNewPassword(password, { rules, identifiers })
  if (problem) return [{ field: 'password', detail: describeForPrograms(problem, rules) }]
  if (dry_run) return {}
  const person = { line, user_id: id, username, email }
  if (password !== undefined) {
    return { hash: await work.passwordHasher.hash(password), must_change: password_must_change }
  }
  if (credentials === 'temporary_password') {
    const { stored, shown } = await issueTemporaryPassword(work.passwordHasher)
    secrets.push({ ...person, ...shown })
    return stored
  }
  if (credentials === 'invitation') {
    const { stored, shown } = await issueInvitation(work, id, work.now() + defaultLinkSeconds * 1000)
    secrets.push({ ...person, ...shown })
    return stored
  }
  return {}
}
