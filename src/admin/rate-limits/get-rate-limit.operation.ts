import { firstRow } from '../../db/json-row.ts'
import { rateLimitSetting } from '../../rate-limits/stored-limits.ts'
import { answer, defineOperation } from '../operation.ts'
import { selectSetting, settingRow } from '../settings/setting-change.store.ts'
import { policyParam, rateLimitSchema, toRateLimitView } from './rate-limit.ts'

export const getRateLimit = defineOperation({
  id: 'getRateLimit',
  method: 'get',
  path: '/admin/rate-limits/{policy}',
  tag: 'Settings',
  summary: 'Read a rate-limit policy',
  description: 'The numbers in force; `source` says where they come from.',
  permission: 'admin:settings:read',
  params: policyParam,
  answers: { 200: { description: 'The policy', schema: rateLimitSchema, versioned: true } },
  async run({ db, deps, params: { policy } }) {
    const row = firstRow(settingRow, await db.run(selectSetting(rateLimitSetting(policy))))
    return answer(200, toRateLimitView(policy, deps.config, row), { version: row?.version ?? 0 })
  },
})
