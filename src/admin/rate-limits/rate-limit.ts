/** Rate-limit policies as the API shows them: the current limits and their source. */
import { z } from 'zod'
import type { Config } from '../../config.ts'
import { type PolicyName, policies } from '../../rate-limits/policies.ts'
import { policyNames, storedLimit, storedOverrides } from '../../rate-limits/stored-limits.ts'
import type { SettingRow } from '../settings/setting.ts'

export const policyParam = z.object({
  policy: z.enum(policyNames as [PolicyName, ...PolicyName[]]).meta({ example: 'login-ip' }),
})

export const rateLimitSchema = z
  .object({
    policy: z.enum(policyNames as [PolicyName, ...PolicyName[]]),
    protects: z.string(),
    counted_per: z.enum(['ip', 'client', 'user', 'session', 'device', 'link', 'host', 'deployment']),
    capacity: z.number().int().meta({ description: 'Permits of a full bucket, in force' }),
    per_seconds: z.number().int().meta({ description: 'In which an empty bucket fills, in force' }),
    source: z
      .enum(['default', 'configuration', 'setting'])
      .meta({ description: 'Where the numbers come from: code, AUTHLY_RATE_LIMITS, or an administrator' }),
    reset_to: storedLimit.meta({ description: 'What would be in force without the setting' }),
    when_counter_unavailable: z.enum(['allow', 'refuse']),
    updated_at: z.string().nullable().meta({ format: 'date-time', description: '`null`: never changed' }),
  })
  .meta({ id: 'RateLimitPolicy' })

export function toRateLimitView(
  policy: PolicyName,
  config: Pick<Config, 'rateLimitOverrides'>,
  row: SettingRow | undefined,
) {
  const set = row && storedOverrides({ [row.name]: row.value })[policy]
  const configured = config.rateLimitOverrides[policy]
  const fallback = configured ?? policies[policy]
  const inForce = set ?? fallback
  const source: 'setting' | 'configuration' | 'default' = set
    ? 'setting'
    : configured
      ? 'configuration'
      : 'default'
  const { protects, subject, onFailure } = policies[policy]
  return {
    policy,
    protects,
    counted_per: subject,
    capacity: inForce.capacity,
    per_seconds: inForce.perSeconds,
    source,
    reset_to: { capacity: fallback.capacity, per_seconds: fallback.perSeconds },
    when_counter_unavailable: onFailure === 'open' ? ('allow' as const) : ('refuse' as const),
    updated_at: row?.updated_at.toISOString() ?? null,
  }
}
