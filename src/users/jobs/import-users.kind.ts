/** `users.import`: accounts of another system, with the password hashes it made. */
import { z } from 'zod'
import { defineJobKind } from '../../jobs/job-kind.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { readImportedHash } from '../../passwords/foreign/read-imported-hash.ts'
import { formsOf } from '../normal-form.ts'
import type { RowCursor } from './take-rows.ts'
import { userColumns } from './user-row.ts'
import { endTheirSessions, planRows, type RowStep, rowFiles, settleRows } from './write-rows.ts'
import { writeUsers } from './write-users.store.ts'
import type { WrittenOutcome } from './written-row.ts'

const params = z.object({
  on_conflict: z.enum(['fail', 'skip', 'update']),
  dry_run: z.boolean(),
  format: z.enum(['csv', 'ndjson']),
})
export type ImportParams = z.output<typeof params>

export const importUsers = defineJobKind<ImportParams, RowCursor, RowStep, readonly WrittenOutcome[]>({
  name: 'users.import',
  permission: 'admin:users:import',
  params,
  effect: ({ dry_run }) => (dry_run ? 'read' : 'write'),
  inputColumns: userColumns,
  files: ({ format }) => rowFiles(format),

  plan: (work, cursor) =>
    planRows(
      work,
      cursor,
      () => false,
      async (line, { password, password_hash, password_must_change, id, ...row }) => {
        if (password !== undefined) return [{ field: 'password', detail: 'import takes password_hash only' }]
        const hash = password_hash === undefined ? undefined : readImportedHash(password_hash)
        if (password_hash !== undefined && hash === undefined) {
          return [
            { field: 'password_hash', detail: 'is of an unknown form, or costs more than a sign-in may' },
          ]
        }
        const ids = { id: id ?? uuidv7(work.now()), event_id: uuidv7(work.now()) }
        return { line, ...ids, ...row, ...formsOf(row), hash, must_change: password_must_change }
      },
    ),

  statement: ({ order, params: { on_conflict, dry_run } }, { rows }) =>
    writeUsers(rows, {
      ...{ order, onConflict: on_conflict, createdEvent: 'user.imported', dryRun: dry_run },
    }),

  after: (work, _, outcomes) => endTheirSessions(work, outcomes),
  settle: (work, step, outcomes) => settleRows(work, step, outcomes),
})
