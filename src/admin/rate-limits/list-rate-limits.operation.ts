import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { allRows } from '../../db/json-row.ts'
import { policyNames, rateLimitSetting } from '../../rate-limits/stored-limits.ts'
import { answer, defineOperation } from '../operation.ts'
import { settingRow } from '../settings/setting-change.store.ts'
import { rateLimitSchema, toRateLimitView } from './rate-limit.ts'

export const listRateLimits = defineOperation({
  id: 'listRateLimits',
  method: 'get',
  path: '/admin/rate-limits',
  tag: 'Settings',
  summary: 'List rate-limit policies',
  description:
    'Which policies there are is fixed; their numbers can be changed, and `source` says where those in force come from.',
  permission: 'admin:settings:read',
  answers: {
    200: {
      description: 'All policies with the numbers in force',
      schema: z.object({ items: z.array(rateLimitSchema) }).openapi('RateLimitPolicyList'),
    },
  },
  async run({ db, deps }) {
    const rows = await db.run(
      sql`select ${settingRow.json} as row from settings where name like 'rate\_limits.%'`,
    )
    const stored = new Map(allRows(settingRow, rows).map((row) => [row.name, row]))
    const items = policyNames.map((policy) =>
      toRateLimitView(policy, deps.config, stored.get(rateLimitSetting(policy))),
    )
    return answer(200, { items })
  },
})
