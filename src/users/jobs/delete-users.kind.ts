/**
 * `users.delete`: erases all users a filter selects, up to a cap. Steps alternate between finding and deleting, because
 * each erasure carries a proof that only the worker can compute.
 */
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { erasureProof } from '../../audit/erasure-proof.ts'
import { defineJobKind } from '../../jobs/job-kind.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { accountsOfIds, selectPage } from '../match-accounts.store.ts'
import { userFilter } from '../user-filter.ts'
import { writeAccounts } from '../write-accounts.store.ts'
import type { AccountOutcome, AccountRow } from '../written-row.ts'
import { endSessions, recordPage } from './row-results.ts'

const pageSize = 100

const params = z.object({
  filter: userFilter,
  /** Number of users the dry run found. */
  expected: z.number().int(),
  max_deletions: z.number().int(),
})
export type DeleteParams = z.output<typeof params>

interface DeleteCursor {
  readonly after: string | null
  /** Found but not yet deleted. */
  readonly ids: readonly string[]
  readonly deleted: number
}

interface DeleteStep {
  readonly cursor: DeleteCursor
  /** For a finding step. */
  readonly limit: number
  /** For a deleting step. */
  readonly rows: readonly AccountRow[]
}

const start: DeleteCursor = { after: null, ids: [], deleted: 0 }

export const deleteUsers = defineJobKind<
  DeleteParams,
  DeleteCursor,
  DeleteStep,
  readonly string[] | readonly AccountOutcome[]
>({
  name: 'users.delete',
  permission: 'admin:users:delete',
  params,
  effect: () => 'write',

  async plan(work, cursor = start) {
    const makeRow = async (id: string): Promise<AccountRow> => ({
      ...{ id, event_id: uuidv7(work.now()), erasure_id: uuidv7(work.now()) },
      proof: await erasureProof(work.root, id),
    })
    await Promise.all(cursor.ids.map((id) => work.refusePasskeys(id)))
    // At the cap, look for one more to detect that the filter selects too many.
    const limit = Math.min(pageSize, Math.max(1, work.params.max_deletions - cursor.deleted))
    return { cursor, limit, rows: await Promise.all(cursor.ids.map(makeRow)) }
  },

  statement({ order, params: { filter } }, { cursor: { after }, limit, rows }) {
    if (rows.length > 0) {
      const accounts = accountsOfIds(rows, { locks: true }, filter)
      return writeAccounts({ writer: order, rows: accounts, existing: 'delete', isBulk: true })
    }
    const page = selectPage({ filter, after, limit, begun_at: order.created_at }, sql`users.id`)
    return {
      ctes: sql`page as materialized (${page})`,
      outcome: sql`(select coalesce(jsonb_agg(id order by id), '[]') from page)`,
    }
  },

  async after(work, step, outcome) {
    if (step.rows.length > 0) await endSessions(work, outcome as readonly AccountOutcome[])
  },

  record({ params: { max_deletions, expected } }, { cursor, rows }, outcome) {
    if (rows.length > 0) {
      const results = outcome as readonly AccountOutcome[]
      const deleted = cursor.deleted + results.filter((row) => row.outcome === 'deleted').length
      return recordPage({ after: cursor.ids.at(-1) ?? null, ids: [], deleted }, results, false)
    }
    const ids = outcome as readonly string[]
    const found = recordPage({ ...cursor, ids }, [], ids.length === 0)
    const isCapped = ids.length > 0 && cursor.deleted >= max_deletions
    const total = cursor.after === null ? { total: expected } : {}
    return { ...found, ...total, failure: isCapped ? 'stopped at max_deletions: there are more' : undefined }
  },
})
