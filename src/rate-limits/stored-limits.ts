/** Rate limits that admins set at run time: one setting per policy, over the configured numbers. */
import { z } from 'zod'
import { type PolicyName, type PolicyOverrides, policies } from './policies.ts'

export const policyNames = Object.keys(policies) as PolicyName[]

/** Name of the setting that holds the numbers of `policy`; `null` there means nothing is set. */
export const rateLimitSetting = (policy: PolicyName): string => `rate_limits.${policy}`

export const storedLimit = z.strictObject({
  capacity: z.number().int().min(1).max(1_000_000),
  per_seconds: z.number().int().min(1).max(86_400),
})

/** What stored settings say about rate limits; what does not fit counts as not stored. */
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

/** What an administrator needs to come back and undo a change: to sign in, to get a token and to call. */
const floors: Partial<Record<PolicyName, { readonly capacity: number; readonly perSeconds: number }>> = {
  'login-ip': { capacity: 5, perSeconds: 3600 },
  'login-device': { capacity: 5, perSeconds: 3600 },
  'authorize-ip': { capacity: 20, perSeconds: 3600 },
  'token-client': { capacity: 10, perSeconds: 3600 },
  'admin-actor': { capacity: 60, perSeconds: 3600 },
}

/** What is wrong with new numbers; undefined when they lock nobody out. */
export function lockoutFault(
  policy: PolicyName,
  wanted: { readonly capacity: number; readonly perSeconds: number },
): string | undefined {
  const floor = floors[policy]
  if (!floor || (wanted.capacity >= floor.capacity && wanted.perSeconds <= floor.perSeconds)) return undefined
  return `must allow at least ${floor.capacity} in at most ${floor.perSeconds} seconds, or nobody could undo it`
}
