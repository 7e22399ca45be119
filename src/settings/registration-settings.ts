/** The settings of registration. */
import { z } from 'zod'
import { isRpId } from '../passkeys/relying-party.ts'

/** Letters and digits of ASCII, with separators between them: nothing that looks like another name. */
export const usernamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{1,30}[A-Za-z0-9]$/

export const registrationSchemas = {
  'registration.mode': z
    .enum(['invited', 'domains', 'open'])
    .default('invited')
    .describe(
      'Who may make an account. `invited`: only whom an administrator invites. `domains`: whoever has an e-mail address of `registration.allowed_domains`. `open`: everybody with an e-mail address. The last two count only where the deployment [sends e-mail](delivery.md).',
    ),
  'registration.allowed_domains': z
    .array(z.string().refine(isRpId, 'must be a domain in lower case').meta({ example: 'example.com' }))
    .max(200)
    .default([])
    .describe('The domains of `registration.mode` `domains`, each without those below it.'),
  'registration.username': z
    .enum(['none', 'optional', 'required'])
    .default('none')
    .describe(
      'Whether people choose a username when they register. Without one they sign in by their address.',
    ),
  'registration.reserved_usernames': z
    .array(z.string().regex(usernamePattern))
    .max(500)
    .default([])
    .describe(
      'Names that nobody may choose, in any spelling, besides those that could be taken for the service itself (`admin`, `support` …).',
    ),
  'registration.name': z
    .enum(['none', 'optional', 'required'])
    .default('none')
    .describe('Whether people are asked for their name when they register.'),
  'registration.terms': z
    .strictObject({
      version: z.string().min(1).max(64).meta({ example: '2026-11' }),
      uri: z
        .url({ protocol: /^https$/ })
        .max(500)
        .meta({ example: 'https://example.com/terms' }),
    })
    .meta({ 'x-authly-name': 'RegistrationTerms' })
    .nullable()
    .default(null)
    .describe(
      'The terms that people accept when they register; null: none. The version is stored with the account.',
    ),
  'registration.challenge': z
    .enum(['off', 'when_abused', 'always'])
    .default('when_abused')
    .describe(
      'Whether a browser has to solve a challenge before a message is sent. `when_abused`: while more registrations are begun than the rate limits `register-calm-ip` and `register-calm` let through.',
    ),
} as const satisfies Record<`registration.${string}`, z.ZodType>
