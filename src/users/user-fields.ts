/** The fields of an account as the API accepts and shows them, shared by single accounts, bulk jobs and imports. */

import { z } from 'zod'
import { roleNamePattern } from '../access/permissions.ts'
import { maxLength } from './identifier-length.ts'
import { mailbox, mailboxFault, partFault } from './mailbox.ts'
import { typedText } from './normal-form.ts'
import { profile, profilePatch } from './profile-fields.ts'
import { withoutFault } from './text-rule.ts'
import { identifierFault } from './user-text.ts'

/** Sign-in identifiers, normalized from what keyboards produce. */
const identifier = (max: number) => z.string().overwrite(typedText).trim().min(1).max(max)

export const username = withoutFault(identifier(maxLength.username), identifierFault).meta({
  description: 'No other account has it as username or e-mail address, in any spelling',
  example: 'ada',
})

/** RFC 5321 §4.5.3.1: 64 characters before the @, 254 in all. Only a message can prove that the address exists. */
export const email = withoutFault(
  identifier(maxLength.email)
    .overwrite((text) => text.replaceAll('。', '.'))
    .regex(mailbox, { error: ({ input }) => mailboxFault(String(input)), abort: true }),
  partFault,
).meta({
  description: 'No other account has it as username or e-mail address, in any spelling',
  example: 'ada@example.com',
})

/** E.164, as OpenID Connect Core §5.1 recommends: each number has one spelling. */
export const phoneNumber = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be + and 7 to 15 digits')
  .meta({ description: 'E.164', example: '+493012345678' })

const optional = <Shape extends Record<string, z.ZodType>>(shape: Shape) =>
  Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, type.optional()])) as {
    [Name in keyof Shape]: z.ZodOptional<Shape[Name]>
  }

export const roleNames = z
  .array(z.string().regex(roleNamePattern))
  .max(50)
  .refine((names) => new Set(names).size === names.length, 'must not repeat a role')
  .meta({ description: 'Roles of the platform' })

/** All fields besides credentials, roles and status; a new field is one line here. */
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

/** The fields of an upload row; absent ones are left unchanged. */
export const rowFields = optional(fields)

/** A new account without roles and credentials, which have rules of their own. */
export const newUserFields = {
  ...rowFields,
  email_verified: fields.email_verified.default(false),
  phone_number_verified: fields.phone_number_verified.default(false),
  profile: profile.default({}),
}

/** A user with neither could never sign in. */
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

/** Fields that can be changed for many users at once: all but those that are unique to one user. */
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
