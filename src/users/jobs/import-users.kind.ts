/** `users.import`: accounts of another system with their existing password hashes. */
import { z } from 'zod'
import { defineJobKind, type JobWork } from '../../jobs/job-kind.ts'
import { sealImported } from '../../one-time-passwords/seal-imported.ts'
import { hashRefusals } from '../../passwords/foreign/hash-refusal.ts'
import { readImportedHash } from '../../passwords/foreign/read-imported-hash.ts'
import { accountsOfNames } from '../match-accounts.store.ts'
import { identifierForm } from '../normal-form.ts'
import { writeAccounts } from '../write-accounts.store.ts'
import type { AccountOutcome, StoredCredentials } from '../written-row.ts'
import { planRows, type RowStep } from './plan-rows.ts'
import { endSessions, recordRows, rowFiles } from './row-results.ts'
import type { RowCursor } from './take-rows.ts'
import { type RowError, type UploadRow, uploadColumns } from './upload-row.ts'

const params = z.object({
  on_conflict: z.enum(['fail', 'skip', 'update']),
  dry_run: z.boolean(),
  format: z.enum(['csv', 'ndjson']),
})
export type ImportParams = z.output<typeof params>

export const importUsers = defineJobKind<ImportParams, RowCursor, RowStep, readonly AccountOutcome[]>({
  name: 'users.import',
  permission: 'admin:users:import',
  params,
  effect: ({ dry_run }) => (dry_run ? 'read' : 'write'),
  inputColumns: uploadColumns,
  files: ({ format }) => rowFiles(format),
  plan: (work, cursor) => planRows(work, cursor, (row) => readCredentials(work, row)),

  statement: ({ order, params: { on_conflict, dry_run } }, { rows }) =>
    writeAccounts({
      ...{ writer: order, data: { job_id: order.job_id }, events: { created: 'user.imported' } },
      rows: accountsOfNames(rows, { locks: on_conflict === 'update' && !dry_run }),
      ...{ creates: true, existing: on_conflict, isBulk: true, isDryRun: dry_run },
    }),

  after: (work, _, outcomes) => endSessions(work, outcomes),
  record: (work, step, outcomes) => recordRows(work, step, outcomes),
})

async function readCredentials(
  { root }: Pick<JobWork<ImportParams>, 'root'>,
  { email, username, password, password_hash, password_must_change, otp }: UploadRow,
): Promise<StoredCredentials | readonly RowError[]> {
  if (password !== undefined) return [{ field: 'password', detail: 'import takes password_hash only' }]
  const owner = identifierForm(email ?? username ?? '')
  const factors = otp && otp.length > 0 ? { otp: await sealImported(root, owner, otp) } : {}
  if (password_hash === undefined) return factors
  const hash = readImportedHash(password_hash)
  return hash.ok
    ? { hash: hash.value, must_change: password_must_change, ...factors }
    : [{ field: 'password_hash', detail: hashRefusals[hash.error] }]
}
