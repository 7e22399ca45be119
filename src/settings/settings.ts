/** Settings that administrators can change at run time: a fixed list, each with its schema, default and meaning. */
import { z } from 'zod'
import { type BrandImages, readBrandImages } from '../branding/brand-image.ts'
import { brandingSchemas } from '../branding/branding-settings.ts'
import type { PolicyOverrides } from '../rate-limits/policies.ts'
import { storedOverrides } from '../rate-limits/stored-limits.ts'

/** At least a week: a shorter time would let anyone who may change settings erase the traces of what they did. */
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
    .meta({ 'x-authly-name': 'AuditRetention' })
    .prefault({})
    .describe('For how many days audit events of each class are kept; null: for ever.'),
  ...brandingSchemas,
} as const satisfies Record<string, z.ZodType>

export type SettingName = keyof typeof settingSchemas
export const settingNames = Object.keys(settingSchemas) as SettingName[]
export type Settings = { readonly [Name in SettingName]: z.output<(typeof settingSchemas)[Name]> } & {
  /** Set through the rate-limit operations, one setting per policy. */
  readonly rate_limits: PolicyOverrides
  /** Set through the operations on pictures. */
  readonly brand_images: BrandImages
}

/** Among the stored values: no setting has this name. */
export const brandImagesKey = 'branding.images'

/**
 * Names and values as stored. The cache holds this form, because the next version may interpret them differently.
 */
export type StoredSettings = Readonly<Record<string, unknown>>

/** All current settings, from the edge cache; defaults where nothing is stored. */
export type ReadSettings = () => Promise<Settings>

/** Cache key of all settings; must be refreshed by every change. */
export const settingsCacheKey = 'settings'

const known = new WeakMap<StoredSettings, Settings>()

/**
 * Replaces a stored value that no longer matches its schema (after a rollback, say). Access restrictions fail
 * closed: the address list then admits nobody, and every request must be signed.
 */
const unreadable: Readonly<Record<string, unknown>> = {
  'admin.ip_allow_list': ['unreadable'],
  'admin.request_signing': 'all',
} satisfies Partial<Record<SettingName, unknown>>

/**
 * The settings for the stored values. A value that no longer matches its schema is replaced by its default, or by
 * its entry in `unreadable`. Computed once per object returned by the cache.
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
    settings = {
      ...(Object.fromEntries(read) as Settings),
      rate_limits: storedOverrides(stored),
      brand_images: readBrandImages(stored[brandImagesKey]),
    }
    known.set(stored, settings)
  }
  return settings
}
