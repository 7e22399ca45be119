/** Rate limits that administrators set at run time: one setting per policy, overriding the configuration. */
import { z } from 'zod'
import { type PolicyName, type PolicyOverrides, policies } from './policies.ts'

export const policyNames = Object.keys(policies) as PolicyName[]

/** Name of the setting with the limits of `policy`; `null` there means not set. */
export const rateLimitSetting = (policy: PolicyName): string => `rate_limits.${policy}`

export const storedLimit = z
  .strictObject({
    capacity: z.number().int().min(1).max(1_000_000).describe('Permits of a full bucket'),
    per_seconds: z.number().int().min(1).max(86_400).describe('In which an empty bucket fills'),
  })
  .meta({ 'x-authly-name': 'RateLimit' })

/** The rate limits among stored settings; invalid ones count as not set. */
export function storedOverrides(stored: Readonly<Record<string, unknown>>): PolicyOverrides {
  const overrides: PolicyOverrides = {}
  for (const name of policyNames) {
    const parsed = storedLimit.safeParse(stored[rateLimitSetting(name)])
    if (parsed.success) {
      overrides[name] = { capacity: parsed.data.capacity, perSeconds: parsed.data.per_seconds }
    }
  }
  return overrides
}

/** The minimum an administrator needs to undo a change: to sign in, get a token and call the API. */
const floors: Partial<Record<PolicyName, { readonly capacity: number; readonly perSeconds: number }>> = {
  'login-ip': { capacity: 5, perSeconds: 3600 },
  'login-device': { capacity: 5, perSeconds: 3600 },
  'authorize-ip': { capacity: 20, perSeconds: 3600 },
  'token-client': { capacity: 10, perSeconds: 3600 },
  'admin-actor': { capacity: 60, perSeconds: 3600 },
}

/** What is wrong with new limits; undefined when they lock nobody out. */
export function lockoutFault(
  policy: PolicyName,
  wanted: { readonly capacity: number; readonly perSeconds: number },
): string | undefined {
  const floor = floors[policy]
  if (!floor || (wanted.capacity >= floor.capacity && wanted.perSeconds <= floor.perSeconds)) return undefined
  return `must allow at least ${floor.capacity} in at most ${floor.perSeconds} seconds, or nobody could undo it`
}
