import { z } from '@hono/zod-openapi'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { lockoutFault, rateLimitSetting, storedLimit } from '../../rate-limits/stored-limits.ts'
import { selectSettings, toLoadedSettings } from '../../settings/settings.store.ts'
import { settingsCacheKey } from '../../settings/settings.ts'
import { answer, defineOperation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { changeSetting, settingOutcome } from '../settings/setting-change.store.ts'
import { policyParam, rateLimitSchema, toRateLimitView } from './rate-limit.ts'

export const updateRateLimit = defineOperation({
  id: 'updateRateLimit',
  method: 'patch',
  path: '/admin/rate-limits/{policy}',
  tag: 'Settings',
  summary: 'Change a rate-limit policy',
  description:
    'Other isolates of this region follow within a minute, other regions within two; permits that are spent stay spent. `null` brings back the configured numbers.',
  permission: 'admin:settings:write',
  dangerous: true,
  conditional: true,
  params: policyParam,
  body: z
    .strictObject({ limit: storedLimit.nullable() })
    .openapi('RateLimitPolicyPatch', { example: { limit: { capacity: 60, per_seconds: 300 } } }),
  answers: { 200: { description: 'The policy as it is now', schema: rateLimitSchema, versioned: true } },
  async run({ body, db, deps, event, expectedVersions, params: { policy } }) {
    const { limit } = body
    const fault = limit && lockoutFault(policy, { capacity: limit.capacity, perSeconds: limit.per_seconds })
    if (fault) return err(invalidRequest([{ pointer: '#/limit', detail: fault }]))
    const rows = await db.runAll([
      ...changeSetting({
        name: rateLimitSetting(policy),
        value: limit,
        expectedVersions,
        event: event('rate_limit.updated', { entity_type: 'rate_limit', entity_id: policy }),
      }),
      selectSettings,
    ])
    const changed = settingOutcome(rows)
    if (!changed.ok) return changed
    await renewCache(deps.edgeCache, settingsCacheKey, toLoadedSettings(rows[2] ?? []))
    return answer(200, toRateLimitView(policy, deps.config, changed.value), {
      version: changed.value?.version ?? 0,
    })
  },
})
