import { rateLimitSetting } from '../../rate-limits/stored-limits.ts'
import { answer, defineOperation } from '../operation.ts'
import type { SettingRow } from '../settings/setting.ts'
import { selectSetting } from '../settings/setting-change.store.ts'
import { policyParam, rateLimitSchema, toRateLimitView } from './rate-limit.ts'

export const getRateLimit = defineOperation({
  id: 'getRateLimit',
  method: 'get',
  path: '/admin/rate-limits/{policy}',
  tag: 'Settings',
  summary: 'Read a rate-limit policy',
  permission: 'admin:settings:read',
  params: policyParam,
  answers: { 200: { description: 'The policy', schema: rateLimitSchema, versioned: true } },
  async run({ db, deps, params: { policy } }) {
    const [row] = await db.run<{ setting: SettingRow }>(selectSetting(rateLimitSetting(policy)))
    return answer(200, toRateLimitView(policy, deps.config, row?.setting), {
      version: row?.setting.version ?? 0,
    })
  },
})
