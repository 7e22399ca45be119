/** `users.update`: one merge patch for all people a filter finds. */
import { z } from 'zod'
import { defineJobKind } from '../../jobs/job-kind.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { userFilter } from '../user-filter.ts'
import { bulkPatch } from './bulk-patch.ts'
import type { PageOutcome } from './page-outcome.ts'
import { endSessionsOf, settlePage } from './page-results.ts'
import { type UpdateStep, updatePage } from './update-users.store.ts'

/** Disabling calls each person's object: an alarm may call only so many. */
const pageSize = 200

const params = z.object({ filter: userFilter, patch: bulkPatch, dry_run: z.boolean() })
export type UpdateParams = z.output<typeof params>

interface UpdateCursor {
  readonly after: string | null
}

export const updateUsers = defineJobKind<UpdateParams, UpdateCursor, UpdateStep, PageOutcome>({
  name: 'users.update',
  permission: 'admin:users:write',
  params,
  effect: ({ dry_run }) => (dry_run ? 'read' : 'write'),
  plan: async (work, cursor) => ({
    ...{ after: cursor?.after ?? null, limit: pageSize },
    eventIds: Array.from({ length: pageSize }, () => uuidv7(work.now())),
  }),
  statement: ({ order, params: { filter, patch, dry_run } }, step) =>
    updatePage({ order, filter }, step, patch, dry_run),
  after: async (work, _, { rows }) => {
    if (!work.params.dry_run) await endSessionsOf(work, rows)
  },
  settle: (_, step, { last, rows, total }) => ({
    ...settlePage({ after: last ?? step.after }, rows, rows.length < step.limit),
    ...(total === null ? {} : { total }),
  }),
})
