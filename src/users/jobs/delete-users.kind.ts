/**
 * `users.delete`: erases all people a filter finds, up to a cap. Steps take turns: one finds the next people, one
 * deletes them, because each erasure carries a proof that only the worker can make.
 */
import { z } from 'zod'
import { erasureProof } from '../../audit/erasure-proof.ts'
import { defineJobKind } from '../../jobs/job-kind.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { userFilter } from '../user-filter.ts'
import { type DeletedRow, deletePage, findPage } from './delete-users.store.ts'
import type { PageOutcome } from './page-outcome.ts'
import { endSessionsOf, settlePage } from './page-results.ts'

const pageSize = 100

const params = z.object({
  filter: userFilter,
  /** People there were in the dry run. */
  expected: z.number().int(),
  max_deletions: z.number().int(),
})
export type DeleteParams = z.output<typeof params>

interface DeleteCursor {
  readonly after: string | null
  /** Found and not deleted yet. */
  readonly ids: readonly string[]
  readonly deleted: number
}

interface DeleteStep {
  readonly cursor: DeleteCursor
  /** Of a step that finds. */
  readonly limit: number
  /** Of a step that deletes. */
  readonly rows: readonly DeletedRow[]
}

const start: DeleteCursor = { after: null, ids: [], deleted: 0 }

export const deleteUsers = defineJobKind<
  DeleteParams,
  DeleteCursor,
  DeleteStep,
  readonly string[] | PageOutcome['rows']
>({
  name: 'users.delete',
  permission: 'admin:users:delete',
  params,
  effect: () => 'write',

  async plan(work, cursor = start) {
    const makeRow = async (id: string): Promise<DeletedRow> => ({
      ...{ id, event_id: uuidv7(work.now()), erasure_id: uuidv7(work.now()) },
      proof: await erasureProof(work.root, id),
    })
    // At the cap one more is looked for, to be able to say that there are more.
    const limit = Math.min(pageSize, Math.max(1, work.params.max_deletions - cursor.deleted))
    return { cursor, limit, rows: await Promise.all(cursor.ids.map(makeRow)) }
  },

  statement: ({ order, params: { filter } }, { cursor, limit, rows }) =>
    rows.length > 0
      ? deletePage(order, filter, rows)
      : findPage({ order, filter, after: cursor.after, limit }),

  async after(work, step, outcome) {
    if (step.rows.length > 0) await endSessionsOf(work, outcome as PageOutcome['rows'])
  },

  settle({ params: { max_deletions, expected } }, { cursor, rows }, outcome) {
    if (rows.length > 0) {
      const results = outcome as PageOutcome['rows']
      const deleted = cursor.deleted + results.filter((row) => row.outcome === 'deleted').length
      return settlePage({ after: cursor.ids.at(-1) ?? null, ids: [], deleted }, results, false)
    }
    const ids = outcome as readonly string[]
    const found = settlePage({ ...cursor, ids }, [], ids.length === 0)
    const isCapped = ids.length > 0 && cursor.deleted >= max_deletions
    const total = cursor.after === null ? { total: expected } : {}
    return { ...found, ...total, failure: isCapped ? 'stopped at max_deletions: there are more' : undefined }
  },
})
