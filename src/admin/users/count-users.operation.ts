import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { checkRows } from '../../db/json-row.ts'
import { userCondition } from '../../users/user-filter.store.ts'
import { filterOf, userFilterQuery } from '../../users/user-filter.ts'
import { answer, defineOperation } from '../operation.ts'

const counted = z.object({ total: z.number(), active: z.number() })

export const countUsers = defineOperation({
  id: 'countUsers',
  method: 'get',
  path: '/admin/users/count',
  tag: 'Users',
  summary: 'Count accounts',
  description: 'Takes the filters of the list.',
  permission: 'admin:users:read',
  query: z.object(userFilterQuery),
  answers: {
    200: {
      description: 'How many accounts match',
      schema: z
        .object({
          total_count: z.number().int(),
          by_status: z.object({ active: z.number().int(), disabled: z.number().int() }),
        })
        .openapi('UserCount'),
    },
  },
  async run({ db, query }) {
    const rows = await db.run(sql`
      select count(*)::int as total, count(*) filter (where status = 'active')::int as active
      from users where ${userCondition(filterOf(query))}`)
    const [{ total, active } = { total: 0, active: 0 }] = checkRows(counted, rows)
    return answer(200, { total_count: total, by_status: { active, disabled: total - active } })
  },
})
