/** The user filter of the list, counts, bulk jobs and exports. Conditions are joined by "and". */

import { z } from 'zod'
import { roleNamePattern } from '../access/permissions.ts'
import { maxIdentifierLength, maxLength } from './identifier-length.ts'
import { identifierForm, searchForm } from './normal-form.ts'
import { addressParts, claimNames } from './profile-fields.ts'

/** More terms make a search expensive without narrowing it. */
const maxSearchTerms = 8

/**
 * Postgres stores no NUL, so such a text could match nothing; text of invisible characters alone would match
 * everything.
 */
const text = (max: number) =>
  z
    .string()
    .trim()
    .normalize('NFC')
    .min(1)
    .max(max)
    .refine((value) => !value.includes('\0'), 'must not hold NUL')
    .refine((value) => identifierForm(value) !== '', 'must hold something that can be seen')

const exact = (description: string, max: number = maxIdentifierLength) =>
  text(max).optional().describe(description)

/** Postgres has no year 0 and no offset beyond 15:59, so it always gets UTC with milliseconds. */
const instant = (description: string) =>
  z.iso
    .datetime({ offset: true })
    .transform((text, context) => {
      const time = new Date(text)
      if (time.getTime() >= earliest) return time.toISOString()
      context.addIssue({ code: 'custom', message: 'must be a time after the year 0' })
      return z.NEVER
    })
    .optional()
    .meta({ description, example: '2026-11-23T09:00:00Z' })

const earliest = Date.parse('0001-01-01T00:00:00Z')

/** `roles` are the names of a user's roles, `role` is the condition. */
const shapeOf = <Flag extends z.ZodType>(flag: (description: string) => Flag) => ({
  q: text(200)
    .refine((words) => searchTerms(words).length <= maxSearchTerms, `at most ${maxSearchTerms} words`)
    .refine(
      (words) => searchTerms(words).every((word) => /[\p{L}\p{N}]/u.test(searchForm(word))),
      'every word must hold a letter or a digit',
    )
    .optional()
    .meta({
      description:
        'Text search in username, e-mail address, name, given name, family name and phone number, whatever the case. Every word must be found: words of one or two characters at the beginning of a word, longer ones anywhere; Chinese, Japanese and Korean characters anywhere.',
      example: 'ada love',
    }),
  identifier: exact('What the person signs in by: the username or e-mail address, in any spelling'),
  username: exact('Exactly this one, in any spelling (case, fullwidth letters)', maxLength.username),
  email: exact('Exactly this one, in any spelling (case, punycode)'),
  email_verified: flag('Whether the e-mail address is verified'),
  phone_number: exact('Exactly this one', 20),
  phone_number_verified: flag('Whether the phone number is verified'),
  status: z.enum(['active', 'disabled']).optional().describe('Whether people can sign in to it'),
  role: z.string().regex(roleNamePattern).optional().describe('Has this role'),
  has_password: flag('Whether the person has a password'),
  invited: flag('Whether an invitation has been sent and not been used'),
  created_after: instant('Created then or later'),
  created_before: instant('Created before that'),
  updated_after: instant('Last changed then or later'),
  updated_before: instant('Last changed before that'),
  ...(Object.fromEntries(
    claimNames.map((name) => [name, exact(`The claim \`${name}\` is exactly this`, 2048)]),
  ) as Record<(typeof claimNames)[number], ReturnType<typeof exact>>),
  ...(Object.fromEntries(
    addressParts.map((name) => [
      `address_${name}`,
      exact(`\`${name}\` of the address is exactly this`, 1000),
    ]),
  ) as Record<`address_${(typeof addressParts)[number]}`, ReturnType<typeof exact>>),
})

/** As query parameters. */
export const userFilterQuery = shapeOf((description) =>
  z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => (value === undefined ? undefined : value === 'true'))
    .meta({ description, type: 'boolean', example: true }),
)

/** As a JSON body, with JSON booleans. */
export const userFilter = z
  .strictObject(shapeOf((description) => z.boolean().optional().describe(description)))
  .meta({ id: 'UserFilter', description: 'All that is given must hold; nothing given: everybody' })

export type UserFilter = z.output<typeof userFilter>

/** The terms of a search text. */
export const searchTerms = (text: string): readonly string[] =>
  text.split(/\s+/u).filter((word) => word !== '')

/** The filter among the query parameters, without paging and order. */
export const filterOf = (query: UserFilter & Record<string, unknown>): UserFilter =>
  Object.fromEntries(
    Object.entries(query).filter(
      ([name, value]) => Object.hasOwn(userFilterQuery, name) && value !== undefined,
    ),
  )
