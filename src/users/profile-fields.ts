/** Claims without a column of their own (OpenID Connect Core §5.1); each is one line. */
import { z } from 'zod'
import { isLanguageTag } from '../kit/language-tag.ts'
import { withoutFault } from './text-rule.ts'
import { lineFault, linesFault } from './user-text.ts'

/** As typed, without invisible differences; case and spelling are kept for display. */
const composed = (max: number) => z.string().trim().normalize('NFC').min(1).max(max)

const line = (max = 200) => withoutFault(composed(max), lineFault)

const lines = (max: number) => withoutFault(composed(max), linesFault)

const webAddress = z
  .string()
  .max(2048)
  .regex(/^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s/]+\S*$/, { error: 'must be an http or https URL', abort: true })
  .refine((text) => lineFault(text) === undefined && URL.canParse(text), 'must be an http or https URL')

const address = {
  formatted: lines(1000),
  street_address: lines(500),
  locality: line(),
  region: line(),
  postal_code: line(40),
  country: line(),
}

/** Whether the runtime knows the time zone; otherwise no application could use it. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

/** OpenID Connect Core §5.1 without the claims that have a column of their own. */
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
    .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/, { error: 'must be a time zone of the IANA database', abort: true })
    .refine(isTimeZone, 'must be a time zone of the IANA database')
    .meta({ example: 'Europe/London' }),
  locale: z
    .string()
    .max(100)
    .refine(isLanguageTag, 'must be a BCP 47 language tag')
    .meta({ description: 'BCP 47 language tag', example: 'en-GB' }),
}

/** Text claims; the list can be filtered by each. */
export const claimNames = Object.keys(claims) as readonly (keyof typeof claims)[]
export const addressParts = Object.keys(address) as readonly (keyof typeof address)[]

/** Strict: an unknown claim would reach no application, and a misspelt one would be lost silently. */
export const profile = z
  .strictObject({ ...claims, address: z.strictObject(address).partial() })
  .partial()
  .meta({ id: 'UserProfile', description: 'Standard claims (OpenID Connect Core §5.1)' })

const nullable = <Shape extends Record<string, z.ZodType>>(shape: Shape) =>
  Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, type.nullable().optional()])) as {
    [Name in keyof Shape]: z.ZodOptional<z.ZodNullable<Shape[Name]>>
  }

/** As a merge patch (RFC 7396): null removes a claim. */
export const profilePatch = z
  .strictObject({ ...nullable(claims), address: z.strictObject(nullable(address)).nullable().optional() })
  .meta({ id: 'UserProfilePatch', description: 'Null takes a claim away' })
