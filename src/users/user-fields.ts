/** What an account holds, as the API takes and shows it: for one account, for bulk work and for imports alike. */

import { z } from 'zod'
import { roleNamePattern } from '../access/permissions.ts'
import { isLanguageTag } from '../kit/language-tag.ts'
import { maxLength } from './identifier-length.ts'
import { isDomain, toUnicodeDomain, typedText } from './normal-form.ts'
import { isIdentifierText, isPlainLine, isPlainText } from './user-text.ts'

/** As it was typed, but for invisible differences: case and spelling are kept for display. */
const composed = (max: number) => z.string().trim().normalize('NFC').min(1).max(max)

/** What people sign in by, as keyboards give it. */
const identifier = (max: number) => z.string().overwrite(typedText).trim().min(1).max(max)

const line = (max = 200) => composed(max).refine(isPlainLine, 'must not hold control or invisible characters')

const lines = (max: number) =>
  composed(max).refine(isPlainText, 'must not hold control or invisible characters')

const webAddress = z
  .string()
  .max(2048)
  .regex(/^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s/]+\S*$/, 'must be an http or https URL')
  .refine((text) => isPlainLine(text) && URL.canParse(text), 'must be an http or https URL')

export const username = identifier(maxLength.username)
  .refine(
    isIdentifierText,
    'must not hold spaces, invisible characters, compatibility forms or letters of several alphabets',
  )
  .meta({
    description: 'No other account has it as username or e-mail address, in any spelling',
    example: 'ada',
  })

const domainOf = (address: string): string => address.slice(address.indexOf('@') + 1)

/** RFC 5321 §4.5.3.1: 64 characters before the @, 254 in all. Whether anybody reads it, only a message can tell. */
export const email = identifier(maxLength.email)
  .overwrite((text) => text.replaceAll('。', '.'))
  .regex(
    /^[^\s@"(),:;<>[\]\\]{1,64}@[^\s@"(),:;<>[\]\\.]+(\.[^\s@"(),:;<>[\]\\.]+)*$/,
    'must be an e-mail address',
  )
  .refine((text) => isDomain(domainOf(text)), 'must have a domain behind the @')
  .refine(
    (text) =>
      [text.slice(0, text.indexOf('@')), ...toUnicodeDomain(domainOf(text)).split('.')].every(
        isIdentifierText,
      ),
    'must not hold invisible characters, compatibility forms or letters of several alphabets in one part',
  )
  .meta({
    description: 'No other account has it as username or e-mail address, in any spelling',
    example: 'ada@example.com',
  })

/** E.164, as OpenID Connect Core §5.1 recommends: one number, one spelling. */
export const phoneNumber = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be + and 7 to 15 digits')
  .meta({ description: 'E.164', example: '+493012345678' })

const address = {
  formatted: lines(1000),
  street_address: lines(500),
  locality: line(),
  region: line(),
  postal_code: line(40),
  country: line(),
}

/** Whether runtimes know the time zone; what they do not know, no application could use. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

/** OpenID Connect Core §5.1 without what has a column of its own. */
const claims = {
  name: line(),
  given_name: line(),
  family_name: line(),
  middle_name: line(),
  nickname: line(),
  preferred_username: line(),
  profile: webAddress,
  picture: webAddress,
  website: webAddress,
  gender: line(50),
  birthdate: z
    .string()
    .regex(/^\d{4}(-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$/, 'must be YYYY-MM-DD or YYYY')
    .meta({ example: '1815-12-10' }),
  zoneinfo: z
    .string()
    .max(64)
    .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/)
    .refine(isTimeZone, 'must be a time zone of the IANA database')
    .meta({ example: 'Europe/London' }),
  locale: z
    .string()
    .max(100)
    .refine(isLanguageTag, 'must be a BCP 47 language tag')
    .meta({ description: 'BCP 47 language tag', example: 'en-GB' }),
}

/** Claims with text: the list can be filtered by each. */
export const claimNames = Object.keys(claims) as readonly (keyof typeof claims)[]
export const addressParts = Object.keys(address) as readonly (keyof typeof address)[]

/** Strict: a claim nobody knows would reach no application, and a mistyped one would be lost quietly. */
export const profile = z
  .strictObject({ ...claims, address: z.strictObject(address).partial() })
  .partial()
  .meta({ id: 'UserProfile', description: 'Standard claims (OpenID Connect Core §5.1)' })

const nullable = <Shape extends Record<string, z.ZodType>>(shape: Shape) =>
  Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, type.nullable().optional()])) as {
    [Name in keyof Shape]: z.ZodOptional<z.ZodNullable<Shape[Name]>>
  }

const optional = <Shape extends Record<string, z.ZodType>>(shape: Shape) =>
  Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, type.optional()])) as {
    [Name in keyof Shape]: z.ZodOptional<Shape[Name]>
  }

/** As a merge patch (RFC 7396): null takes a claim away. */
export const profilePatch = z
  .strictObject({ ...nullable(claims), address: z.strictObject(nullable(address)).nullable().optional() })
  .meta({ id: 'UserProfilePatch', description: 'Null takes a claim away' })

export const roleNames = z
  .array(z.string().regex(roleNamePattern))
  .max(50)
  .refine((names) => new Set(names).size === names.length, 'must not repeat a role')
  .meta({ description: 'Roles of the platform' })

/** What an account holds besides credentials, roles and status: a field is one line here. */
const fields = {
  username,
  email,
  email_verified: z.boolean(),
  phone_number: phoneNumber,
  phone_number_verified: z.boolean(),
  profile,
}

export const fieldNames = Object.keys(fields) as readonly (keyof typeof fields)[]

export const status = z.enum(['active', 'disabled'])

/** As a row of an upload gives them; what is absent is left alone. */
export const rowFields = optional(fields)

/** A new account without roles and credentials: those have rules of their own. */
export const newUserFields = {
  ...rowFields,
  email_verified: fields.email_verified.default(false),
  phone_number_verified: fields.phone_number_verified.default(false),
  profile: profile.default({}),
}

/** Somebody without both could never sign in. */
export const hasIdentifier = (named: {
  readonly username?: string | null | undefined
  readonly email?: string | null | undefined
}): boolean => named.username != null || named.email != null

/** A merge patch (RFC 7396) of an account; roles and status have operations of their own. */
export const userPatch = z
  .strictObject({
    ...fields,
    username: username.nullable(),
    email: email.nullable(),
    phone_number: phoneNumber.nullable(),
    profile: profilePatch,
  })
  .partial()
  .refine((patch) => !(patch.username === null && patch.email === null), {
    path: ['username'],
    message: 'username and email must not both be removed',
  })
  .meta({
    id: 'UserPatch',
    description:
      'Merge patch (RFC 7396). Another e-mail address or phone number counts as not verified unless the patch says otherwise.',
  })

/** What may be changed about many people at once: nothing that only one of them can be called. */
export const bulkPatch = z
  .strictObject({
    email_verified: fields.email_verified,
    phone_number_verified: fields.phone_number_verified,
    profile: profilePatch,
    status,
  })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'must change something')
  .meta({
    id: 'UserBulkPatch',
    description:
      'Merge patch (RFC 7396). Disabling ends all sessions; administrators are disabled one at a time.',
  })
