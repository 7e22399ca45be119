import { z } from '@hono/zod-openapi'
import { checkRows } from '../../db/json-row.ts'
import { wholeNumber } from '../../kit/field-schemas.ts'
import { answer, defineOperation } from '../operation.ts'
import { selectStats, statsRow } from './stats.store.ts'

const count = (description: string) => z.number().int().openapi({ description, example: 42 })

export const getStats = defineOperation({
  id: 'getStats',
  method: 'get',
  path: '/admin/stats',
  tag: 'Dashboard',
  summary: 'Statistics for a dashboard',
  description:
    'People and clients as of now, and what happened on each of the last days (UTC), today included. Days are counted from the audit trail, by when events reached it, so they are lower where its retention is shorter.',
  permission: 'admin:stats:read',
  query: z.object({
    days: wholeNumber({
      ...{ minimum: 1, maximum: 92, default: 30 },
      description: 'How many days, today included',
    }),
  }),
  answers: {
    200: {
      description: 'The numbers',
      schema: z
        .object({
          users: z.object({ total: count('All'), active: count('May sign in'), disabled: count('May not') }),
          clients: z.object({
            total: count('All'),
            enabled: count('May get tokens'),
            active: count('Had to do with an event of these days'),
          }),
          days: z.array(
            z
              .object({
                date: z.string().openapi({ format: 'date', example: '2026-11-23' }),
                users_created: count('New accounts'),
                sign_ins: count('Sessions begun'),
                sign_in_failures: count('Refused sign-ins'),
                tokens_issued: count('Token responses, refreshes included'),
              })
              .meta({ 'x-authly-name': 'DailyStats' }),
          ),
        })
        .openapi('Stats'),
    },
  },
  async run({ db, now, query: { days } }) {
    const [row] = checkRows(statsRow, await db.run(selectStats(now, days)))
    if (!row) throw new Error('the statistics query returned no row')
    const { total_users, active_users, total_clients, enabled_clients, active_clients } = row
    return answer(200, {
      users: { total: total_users, active: active_users, disabled: total_users - active_users },
      clients: { total: total_clients, enabled: enabled_clients, active: active_clients },
      days: row.days,
    })
  },
})
