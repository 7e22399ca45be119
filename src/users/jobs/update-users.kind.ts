/** `users.update`: one merge patch for all users a filter selects. */
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { defineJobKind } from '../../jobs/job-kind.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { accountsOfPage } from '../match-accounts.store.ts'
import { bulkPatch } from '../user-fields.ts'
import { userCondition } from '../user-filter.store.ts'
import { userFilter } from '../user-filter.ts'
import { writeAccounts } from '../write-accounts.store.ts'
import type { AccountOutcome } from '../written-row.ts'
import { endSessions, recordPage } from './row-results.ts'

/** Disabling calls each user's object, and one alarm can make only so many calls. */
const pageSize = 200

const params = z.object({ filter: userFilter, patch: bulkPatch, dry_run: z.boolean() })
export type UpdateParams = z.output<typeof params>

interface UpdateStep {
  readonly after: string | null
  readonly limit: number
  /** One for each account of the page. */
  readonly eventIds: readonly string[]
}

interface UpdateOutcome {
  readonly rows: readonly AccountOutcome[]
  /** Counted by the first step. */
  readonly total: number | null
}

export const updateUsers = defineJobKind<UpdateParams, Pick<UpdateStep, 'after'>, UpdateStep, UpdateOutcome>({
  name: 'users.update',
  permission: 'admin:users:write',
  params,
  effect: ({ dry_run }) => (dry_run ? 'read' : 'write'),
  plan: async (work, cursor) => ({
    ...{ after: cursor?.after ?? null, limit: pageSize },
    eventIds: Array.from({ length: pageSize }, () => uuidv7(work.now())),
  }),

  statement({ order, params: { filter, patch, dry_run } }, { after, limit, eventIds }) {
    const page = { filter, after, limit, begun_at: order.created_at }
    const { ctes, outcome } = writeAccounts({
      ...{
        writer: order,
        data: { job_id: order.job_id },
        existing: 'update',
        isBulk: true,
        isDryRun: dry_run,
      },
      rows: accountsOfPage(page, { patch, eventIds }, { locks: !dry_run }),
    })
    const total = sql`(select count(*)::int from users where ${userCondition(filter)})`
    return {
      ctes,
      outcome: sql`jsonb_build_object('rows', ${outcome}, 'total', ${after === null ? total : sql`null::int`})`,
    }
  },

  after: (work, _, { rows }) => endSessions(work, rows),
  record: (_, { after, limit }, { rows, total }) => ({
    ...recordPage({ after: rows.at(-1)?.user_id ?? after }, rows, rows.length < limit),
    ...(total === null ? {} : { total }),
  }),
})
