/** `users.create`: new accounts, each with a password of its own, a generated one, or an invitation. */
import { z } from 'zod'
import { openCredentials, sealCredentials } from '../../jobs/credentials.ts'
import { defineJobKind, type JobWork } from '../../jobs/job-kind.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { generatePassword } from '../../passwords/generate-password.ts'
import { checkNewPassword } from '../../passwords/password-policy.ts'
import { formsOf } from '../normal-form.ts'
import { defaultLinkSeconds, issueSetupLink } from '../password-setup.ts'
import type { RowCursor } from './take-rows.ts'
import { type RowError, type UserRow, userColumns } from './user-row.ts'
import { planRows, type RowStep, rowFiles, settleRows } from './write-rows.ts'
import { writeUsers } from './write-users.store.ts'
import type { WrittenOutcome, WrittenRow } from './written-row.ts'

const params = z.object({
  credentials: z.enum(['none', 'temporary_password', 'invitation']),
  dry_run: z.boolean(),
  format: z.enum(['csv', 'ndjson']),
})
export type CreateParams = z.output<typeof params>

const columns = new Set([...userColumns].filter((name) => name !== 'password_hash'))

export const createUsers = defineJobKind<CreateParams, RowCursor, RowStep, readonly WrittenOutcome[]>({
  name: 'users.create',
  permission: 'admin:users:write',
  params,
  effect: ({ dry_run }) => (dry_run ? 'read' : 'write'),
  inputColumns: columns,
  files: ({ format }) => rowFiles(format),

  async plan(work, cursor) {
    const { credentials, dry_run } = work.params
    const isCostly = ({ password }: UserRow) =>
      !dry_run && (password !== undefined || credentials === 'temporary_password')
    const secrets: object[] = []
    const step = await planRows(work, cursor, isCostly, (line, row) => prepare(work, line, row, secrets))
    if (secrets.length === 0) return step
    return { ...step, secrets: await sealCredentials(work.root, work.order.job_id, secrets) }
  },

  statement: ({ order, params: { dry_run } }, { rows }) =>
    writeUsers(rows, { order, onConflict: 'fail', createdEvent: 'user.created', dryRun: dry_run }),

  async settle(work, step, outcomes) {
    const secrets = step.secrets ? await openCredentials(work.root, work.order.job_id, step.secrets) : []
    const created = new Set(outcomes.filter(({ outcome }) => outcome === 'created').map(({ line }) => line))
    const shown = secrets.filter(({ line }) => created.has(line as number))
    const sealed = shown.length > 0 ? await sealCredentials(work.root, work.order.job_id, shown) : ''
    return settleRows(work, step, outcomes, sealed && `${sealed}\n`)
  },
})

async function prepare(
  work: JobWork<CreateParams>,
  line: number,
  { password, password_hash, password_must_change, id, ...row }: UserRow,
  secrets: object[],
): Promise<WrittenRow | readonly RowError[]> {
  if (password_hash !== undefined) {
    return [{ field: 'password_hash', detail: 'is for imports; create takes password' }]
  }
  const identifiers = [row.username, row.email].filter((name) => name !== undefined)
  const problem = password === undefined ? undefined : checkNewPassword(password, { identifiers })
  if (problem) return [{ field: 'password', detail: `is ${problem.replaceAll('_', ' ')}` }]
  const userId = id ?? uuidv7(work.now())
  const written = { line, ...row, ...formsOf(row), id: userId, event_id: uuidv7(work.now()) }
  const { credentials, dry_run } = work.params
  if (dry_run) return written
  const person = { line, user_id: userId, username: row.username, email: row.email }
  if (password !== undefined) {
    return { ...written, hash: await work.passwordHasher.hash(password), must_change: password_must_change }
  }
  if (credentials === 'temporary_password') {
    const temporary_password = generatePassword()
    secrets.push({ ...person, temporary_password })
    return { ...written, hash: await work.passwordHasher.hash(temporary_password), must_change: true }
  }
  if (credentials === 'invitation') {
    const { url, secretHash } = await issueSetupLink(work.root, work.issuer, userId)
    const link_expires_at = work.now() + defaultLinkSeconds * 1000
    const invitation_expires_at = new Date(link_expires_at).toISOString()
    secrets.push({ ...person, invitation_url: url, invitation_expires_at })
    return { ...written, link_hash: secretHash, link_expires_at }
  }
  return written
}
