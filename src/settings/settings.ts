/** Settings that admins change at run time: a closed list, each with its schema, default and meaning. */
import { z } from 'zod'
import type { PolicyOverrides } from '../rate-limits/policies.ts'
import { storedOverrides } from '../rate-limits/stored-limits.ts'

/** Not less than a week: a short time would let whoever may change settings wash away what they did. */
const retentionDays = (days: number) => z.number().int().min(7).max(36_500).nullable().default(days)

export const settingSchemas = {
  'admin.ip_allow_list': z
    .array(z.string().max(64))
    .max(200)
    .default([])
    .describe('CIDR ranges the admin API may be called from; empty: any.'),
  'admin.request_signing': z
    .enum(['off', 'dangerous', 'writes', 'all'])
    .default('off')
    .describe('Which admin requests must be signed (RFC 9421).'),
  'admin.step_up_max_age_seconds': z
    .number()
    .int()
    .min(30)
    .max(86_400)
    .default(900)
    .describe('How recent a sign-in must be for dangerous operations (RFC 9470).'),
  'admin.step_up_acr_values': z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/))
    .max(20)
    .default([])
    .describe('Authentication contexts (`acr`) that dangerous operations accept; empty: any.'),
  'audit.retention': z
    .strictObject({
      token: retentionDays(180),
      authentication: retentionDays(400),
      consent: retentionDays(1830),
      administration: retentionDays(2560),
      system: retentionDays(2560),
    })
    .prefault({})
    .describe('For how many days audit events of each class are kept; null: for ever.'),
} as const satisfies Record<string, z.ZodType>

export type SettingName = keyof typeof settingSchemas
export const settingNames = Object.keys(settingSchemas) as SettingName[]
export type Settings = { readonly [Name in SettingName]: z.output<(typeof settingSchemas)[Name]> } & {
  /** Set through the rate-limit operations, a setting per policy. */
  readonly rate_limits: PolicyOverrides
}

/** Names and values as stored: what the cache holds, since the next version may read them otherwise. */
export type StoredSettings = Readonly<Record<string, unknown>>

/** All settings in force, from the edge cache; defaults where nothing is stored. */
export type ReadSettings = () => Promise<Settings>

/** Cache key of all settings: whoever changes one refreshes it. */
export const settingsCacheKey = 'settings'

const known = new WeakMap<StoredSettings, Settings>()

/**
 * What counts instead of a stored value that no longer fits its schema (after a roll-back, say): for what keeps
 * callers out never less than was asked for. The address list then holds nobody, every request must be signed.
 */
const unreadable: Readonly<Record<string, unknown>> = {
  'admin.ip_allow_list': ['unreadable'],
  'admin.request_signing': 'all',
} satisfies Partial<Record<SettingName, unknown>>

/**
 * What stored values mean; a value that no longer fits its schema has its default, or what `unreadable` says. Worked out once for each
 * object that the cache hands out.
 */
export function toSettings(stored: StoredSettings): Settings {
  let settings = known.get(stored)
  if (!settings) {
    const read = Object.entries(settingSchemas).map(([name, schema]) => {
      const parsed = (schema as z.ZodType).safeParse(stored[name])
      return [
        name,
        parsed.success ? parsed.data : (unreadable[name] ?? (schema as z.ZodType).parse(undefined)),
      ]
    })
    settings = { ...(Object.fromEntries(read) as Settings), rate_limits: storedOverrides(stored) }
    known.set(stored, settings)
  }
  return settings
}
