import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { policyNames, rateLimitSetting } from '../../rate-limits/stored-limits.ts'
import { answer, defineOperation } from '../operation.ts'
import type { SettingRow } from '../settings/setting.ts'
import { rateLimitSchema, toRateLimitView } from './rate-limit.ts'

export const listRateLimits = defineOperation({
  id: 'listRateLimits',
  method: 'get',
  path: '/admin/rate-limits',
  tag: 'Settings',
  summary: 'List rate-limit policies',
  permission: 'admin:settings:read',
  answers: {
    200: {
      description: 'All policies with the numbers in force',
      schema: z.object({ items: z.array(rateLimitSchema) }).openapi('RateLimitPolicyList'),
    },
  },
  async run({ db, deps }) {
    const rows = await db.run<{ setting: SettingRow }>(
      sql`select to_jsonb(settings) as setting from settings where name like 'rate\_limits.%'`,
    )
    const stored = new Map(rows.map(({ setting }) => [setting.name, setting]))
    const items = policyNames.map((policy) =>
      toRateLimitView(policy, deps.config, stored.get(rateLimitSetting(policy))),
    )
    return answer(200, { items })
  },
})
