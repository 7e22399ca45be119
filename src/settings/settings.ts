/** Settings that administrators can change at run time: a fixed list, each with its schema, default and meaning. */
import { z } from 'zod'
import { acrMultiFactor, knownClasses } from '../authentication/acr.ts'
import { type BrandImages, readBrandImages } from '../branding/brand-image.ts'
import { brandingSchemas } from '../branding/branding-settings.ts'
import { callingCodePattern } from '../kit/calling-codes.ts'
import { uuidPattern } from '../kit/patterns.ts'
import { isRpId, isWebOrigin } from '../passkeys/relying-party.ts'
import { profileClaims } from '../protocol/profile-claims.ts'
import type { PolicyOverrides } from '../rate-limits/policies.ts'
import { storedOverrides } from '../rate-limits/stored-limits.ts'
import { clientRegistrationSchemas } from './client-registration-settings.ts'
import { registrationSchemas } from './registration-settings.ts'

/** At least a week: a shorter time would let anyone who may change settings erase the traces of what they did. */
const retentionDays = (days: number) => z.number().int().min(7).max(36_500).nullable().default(days)

/** Known classes only: one that no sign-in reaches would lock everybody out. */
const acrValues = z
  .array(z.enum(knownClasses))
  .max(knownClasses.length)
  .refine((values) => new Set(values).size === values.length, 'must not repeat a value')
  .default([])

const seconds = (min: number, max: number) => z.number().int().min(min).max(max)
const day = 86_400

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
  'admin.step_up_acr_values': acrValues.describe(
    'Authentication contexts (`acr`) that dangerous operations accept, each with the stronger ones; empty: any.',
  ),
  'one_time_passwords.drift_steps': z
    .number()
    .int()
    .min(0)
    .max(10)
    .default(1)
    .describe(
      'How many time steps before and after the current one a code of an authenticator app may be of (RFC 6238 §5.2).',
    ),
  'one_time_passwords.look_ahead': z
    .number()
    .int()
    .min(0)
    .max(50)
    .default(10)
    .describe(
      'How many codes of a token with a counter may have been made without being used (RFC 4226 §7.4).',
    ),
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
  'webhooks.delivery_log_days': z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('For how many days the [log of deliveries](webhooks.md) shows what became of an event.'),
  'account.editable_claims': z
    .array(z.enum(profileClaims))
    .max(profileClaims.length)
    .refine((names) => new Set(names).size === names.length, 'must not repeat a claim')
    .default([
      ...(['name', 'given_name', 'family_name', 'nickname', 'website'] as const),
      ...(['gender', 'birthdate', 'zoneinfo', 'locale'] as const),
    ])
    .describe(
      'Claims that people change on their [account page](account.md). Leave out those by which applications tell people apart, such as `preferred_username`, and what comes from elsewhere, such as a directory.',
    ),
  'account.deletion': z
    .enum(['off', 'on'])
    .default('on')
    .describe('Whether people delete their own account. `off` stops no deletion that was asked for before.'),
  'account.deletion_grace_days': z
    .number()
    .int()
    .min(0)
    .max(90)
    .default(14)
    .describe(
      'For how many days people can still keep an account that they have asked to delete; 0: the next run of the cron deletes it.',
    ),
  ...brandingSchemas,
  'sign_in.passkeys': z
    .enum(['off', 'on'])
    .default('on')
    .describe('Whether people sign in with passkeys and add new ones. `off` deletes none.'),
  'sign_in.passwords': z
    .enum(['off', 'on'])
    .default('on')
    .describe(
      'Whether people sign in with passwords. `off` counts only while passkeys are on: nobody could sign in otherwise.',
    ),
  'sign_in.email_codes': z
    .enum(['off', 'on'])
    .default('off')
    .describe(
      'Whether people sign in with a code sent to their e-mail address, in place of the password. `on` counts only where the deployment [sends e-mail](delivery.md).',
    ),
  'recovery.mode': z
    .enum(['off', 'on'])
    .default('on')
    .describe(
      'Whether people who forgot their password choose another one after a code to their e-mail address ([recovery](recovery.md)). `on` counts only where the deployment [sends e-mail](delivery.md) and people sign in with passwords.',
    ),
  'notices.security': z
    .enum(['off', 'on'])
    .default('on')
    .describe(
      'Whether people are told by e-mail of sign-ins on new devices and of changes of their password and factors ([notices](recovery.md#notices)).',
    ),
  'recovery.waiting_hours': z
    .number()
    .int()
    .min(24)
    .max(336)
    .default(72)
    .describe(
      'How long somebody waits who has lost every second factor, before the account opens without one; it is open for as long again. Meanwhile every verified address of the account can stop it.',
    ),
  'sign_in.magic_links': z
    .enum(['off', 'on'])
    .default('off')
    .describe(
      'Whether the message with the code has a link too, which works in the browser that asked for it.',
    ),
  'sign_in.sms_codes': z
    .enum(['off', 'second_factor'])
    .default('off')
    .describe(
      'Whether a code by text message is a second factor of people who have a verified telephone number, and neither a passkey nor an authenticator app. A number can be taken over: only where nothing better is possible.',
    ),
  'sms.allowed_countries': z
    .array(z.string().regex(callingCodePattern).meta({ example: '+49' }))
    .max(250)
    .default([])
    .describe(
      'Calling codes of the countries that text messages are sent to; empty: none. `+1` is the United States and Canada; other places there are named with their area code (`+1876`).',
    ),
  'sign_in.second_factor': z
    .enum(['optional', 'required'])
    .default('optional')
    .describe('`optional`: asked of people who have one. `required`: whoever has none sets one up.'),
  ...registrationSchemas,
  ...clientRegistrationSchemas,
  'sign_in.required_acr_values': acrValues.describe(
    'Authentication contexts (`acr`) of which every sign-in must reach one or a stronger one; empty: any.',
  ),
  'sign_in.promote_passkeys': z
    .boolean()
    .meta({ example: false })
    .default(true)
    .describe(
      'Whether people who signed in without a passkey are asked to add one: once in 30 days at a browser where they put it off.',
    ),
  'sign_in.remember_device_days': z
    .number()
    .int()
    .min(0)
    .max(365)
    .default(0)
    .describe(
      'For how many days people may have their second factor remembered at a browser; 0: never. A shorter time also shortens what is remembered.',
    ),
  'sign_in.factor_change_max_age_seconds': seconds(60, day)
    .default(900)
    .describe('How recent a sign-in must be for adding, changing or removing a factor of one’s own account.'),
  'sessions.max_per_user': z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(100)
    .describe('How many sessions a person can have at a time, on all browsers together.'),
  'sessions.when_full': z
    .enum(['refuse', 'end_oldest'])
    .default('end_oldest')
    .describe(
      'What happens to a sign-in beyond the limit of the person or the client: it is refused, or the session used longest ago ends.',
    ),
  'sessions.idle_seconds': seconds(60, 400 * day)
    .nullable()
    .default(null)
    .describe(
      'After this time without use a session ends; null: as configured (`AUTHLY_SESSION_IDLE_TTL_SECONDS`). A shorter time acts on living sessions at their next use, a longer one on new ones.',
    ),
  'sessions.absolute_seconds': seconds(300, 400 * day)
    .nullable()
    .default(null)
    .describe(
      'After this time a session ends even if it is used; null: as configured (`AUTHLY_SESSION_ABSOLUTE_TTL_SECONDS`). A shorter time acts on living sessions at their next use, a longer one on new ones.',
    ),
  'passkeys.rp_id': z
    .string()
    .refine(isRpId, 'must be a domain in lower case')
    .meta({ example: 'example.com' })
    .nullable()
    .default(null)
    .describe(
      'Domain that new passkeys are made for and that sign-in asks for; null: the host of the issuer. Passkeys of another domain stop working: [moving](passkeys.md#moving-to-another-domain).',
    ),
  'passkeys.related_origins': z
    .array(z.string().refine(isWebOrigin, 'must be an https origin without a path'))
    .max(20)
    .default([])
    .describe(
      'Other origins whose pages may use the passkeys of this domain, listed at `/.well-known/webauthn`.',
    ),
  'passkeys.allowed_aaguids': z
    .array(
      z.string().regex(new RegExp(uuidPattern)).meta({ example: 'cb69481e-8ff7-4039-93ec-0a2729a154a8' }),
    )
    .max(200)
    .default([])
    .describe('Models of authenticators (AAGUID) that new passkeys may be in; empty: any.'),
  'passkeys.attestation_roots': z
    .array(
      z
        .string()
        .regex(/^-{5}BEGIN CERTIFICATE-{5}\n[A-Za-z0-9+/=\n]+\n-{5}END CERTIFICATE-{5}\n?$/)
        .max(8192)
        .meta({
          example: '-----BEGIN CERTIFICATE-----\nMIIB8zCCAZmgAwIBAgIBATAK\n-----END CERTIFICATE-----\n',
        }),
    )
    .max(20)
    .default([])
    .describe(
      'Root certificates (PEM) of manufacturers. New passkeys then need an attestation statement signed below one of them; without, an authenticator’s model is what it says itself.',
    ),
  'passkeys.counter_regression': z
    .enum(['refuse', 'accept_synced'])
    .default('refuse')
    .describe(
      'A passkey whose counter goes back is refused once, with an event. `accept_synced`: not if it may be synced, whose devices may count apart.',
    ),
  'passwords.min_length': z
    .number()
    .int()
    .min(8)
    .max(64)
    .default(15)
    .describe(
      'Characters that a new password has at least. Less than 15 holds only where `sign_in.second_factor` is `required`; otherwise 15 (NIST SP 800-63B-4 §3.1.1.2).',
    ),
  'passwords.history': z
    .number()
    .int()
    .min(0)
    .max(24)
    .default(0)
    .describe(
      'How many former passwords of a person are kept, as hashes, and cannot be chosen again; 0: none. The current one never can.',
    ),
  'passwords.breach_check': z
    .enum(['off', 'on'])
    .default('on')
    .describe(
      'Whether passwords are looked up in the list of breached ones after a sign-in, where the deployment names one (`AUTHLY_BREACHED_PASSWORDS_URL`). One that is found must be changed at the next sign-in.',
    ),
  'passwords.breach_check_days': z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('After how many days a password is looked up again.'),
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
 * closed: the address list then admits nobody, every request must be signed, no sign-in is strong enough for
 * dangerous operations, and people need a second factor, which they can set up.
 */
const unreadable: Readonly<Record<string, unknown>> = {
  'admin.ip_allow_list': ['unreadable'],
  'admin.request_signing': 'all',
  'admin.step_up_acr_values': ['unreadable'],
  'sign_in.second_factor': 'required',
  'sign_in.required_acr_values': [acrMultiFactor],
} satisfies Partial<Record<SettingName, unknown>>

/**
 * The settings for the stored values. A value that no longer matches its schema is replaced by its default, or by
 * its entry in `unreadable`. Computed once per object returned by the cache.
 */
export function toSettings(stored: StoredSettings): Settings {
  let settings = known.get(stored)
  if (!settings) {
    const read = Object.entries(settingSchemas).map(([name, schema]) => {
      // `null` was stored to bring back the default.
      const parsed = (schema as z.ZodType).safeParse(stored[name] ?? undefined)
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
