/** Settings that admins change at run time: a closed list, each with its schema, default and meaning. */
import { z } from 'zod'

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
} as const satisfies Record<string, z.ZodType>

export type SettingName = keyof typeof settingSchemas
export type Settings = { readonly [Name in SettingName]: z.output<(typeof settingSchemas)[Name]> }

/** All settings in force, from the edge cache; defaults where nothing is stored. */
export type ReadSettings = () => Promise<Settings>

/** Cache key of all settings: whoever changes one refreshes it. */
export const settingsCacheKey = 'settings'

/** What stored values mean; a value that no longer fits its schema counts as not stored. */
export function toSettings(stored: Readonly<Record<string, unknown>>): Settings {
  const read = Object.entries(settingSchemas).map(([name, schema]) => {
    const parsed = (schema as z.ZodType).safeParse(stored[name])
    return [name, parsed.success ? parsed.data : (schema as z.ZodType).parse(undefined)]
  })
  return Object.fromEntries(read) as Settings
}
