import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { timestamp } from '../../../kit/field-schemas.ts'
import { err } from '../../../kit/result.ts'
import type { DeleteParams } from '../../../users/jobs/delete-users.kind.ts'
import { userCondition } from '../../../users/user-filter.store.ts'
import { userFilter } from '../../../users/user-filter.ts'
import { beginJob } from '../../jobs/begin-job.store.ts'
import { jobSchema } from '../../jobs/job-view.ts'
import { answer, defineOperation } from '../../operation.ts'
import { conflict, invalidRequest } from '../../problems.ts'
import { openConfirmation, sealConfirmation } from './confirmation.ts'

const sampleSize = 10

const preview = z
  .object({
    count: z.number().int().openapi({ description: 'Accounts the filter finds now' }),
    sample: z.array(
      z
        .object({ id: z.string(), username: z.string().nullable(), email: z.string().nullable() })
        .meta({ 'x-authly-name': 'UserReference' }),
    ),
    confirmation_token: z
      .string()
      .openapi({ description: 'For the real run: of this filter, count and caller' }),
    expires_at: timestamp('When the token ends'),
  })
  .openapi('UserBulkDeletePreview')

const description = `First with \`"dry_run": true\`: says how many accounts the filter finds, shows some, and gives a token that is good
for ten minutes. Then with that token and \`max_deletions\`: a job erases them as single deletion does. Never deleted
are administrators, the caller, and people with permissions that the caller lacks. The filter must have a condition.`

export const deleteUsers = defineOperation({
  id: 'bulkDeleteUsers',
  method: 'post',
  path: '/admin/users/bulk/delete',
  tag: 'Bulk',
  summary: 'Delete all accounts that match a filter',
  description,
  permission: 'admin:users:delete',
  dangerous: true,
  body: z
    .strictObject({
      filter: userFilter.refine((filter) => Object.keys(filter).length > 0, 'must have a condition'),
      dry_run: z.boolean().default(false),
      confirmation_token: z.string().max(4096).optional(),
      max_deletions: z
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .optional()
        .openapi({ description: 'The job stops there, whatever the filter finds by then', example: 100 }),
    })
    .refine(
      ({ dry_run, confirmation_token, max_deletions }) =>
        dry_run
          ? confirmation_token === undefined
          : confirmation_token !== undefined && max_deletions !== undefined,
      { path: ['confirmation_token'], message: 'must come with max_deletions, and not with dry_run' },
    )
    .openapi('UserBulkDeletion', { example: { filter: { status: 'disabled' }, dry_run: true } }),
  answers: {
    200: { description: 'Dry run: what would be deleted', schema: preview },
    202: { description: 'The job', schema: jobSchema, located: true },
  },
  problems: {
    409: 'More accounts than `max_deletions`',
    422: 'The token is not of this filter and caller, or too old',
  },
  async run(call) {
    const { actor, body, db, deps, now } = call
    const { filter, dry_run, confirmation_token = '', max_deletions = 0 } = body
    if (dry_run) {
      const condition = userCondition(filter)
      const [counted, sample] = await db.runAll([
        sql`select count(*)::int as count from users where ${condition}`,
        sql`select id, username, email from users where ${condition} order by id limit ${sampleSize}`,
      ])
      const count = Number(counted?.[0]?.['count'])
      const confirmed = { filter, count, actorId: actor.id }
      const { token, expiresAt } = await sealConfirmation(deps.root, confirmed, now)
      return answer(200, {
        ...{ count, sample: [...(sample ?? [])] as z.output<typeof preview>['sample'] },
        ...{ confirmation_token: token, expires_at: new Date(expiresAt).toISOString() },
      })
    }
    const expected = await openConfirmation(deps.root, confirmation_token, { filter, actorId: actor.id }, now)
    if (expected === undefined) return err(invalidConfirmation)
    if (expected > max_deletions) {
      return err(
        conflict('too_many_deletions', 'There are more accounts than max_deletions', [
          { pointer: '#/max_deletions', detail: `the dry run found ${expected}` },
        ]),
      )
    }
    const params: DeleteParams = { filter, expected, max_deletions }
    return beginJob(call, { kind: 'users.delete', params })
  },
})

const invalidConfirmation = {
  ...invalidRequest([
    {
      pointer: '#/confirmation_token',
      detail: 'is not of this filter and caller, or older than ten minutes',
    },
  ]),
  code: 'invalid_confirmation',
  status: 422,
  title: 'The confirmation does not fit',
} as const
