/** How a new account gets its first credential. */
import { z } from 'zod'
import { maxPasswordLength } from '../../passwords/password-policy.ts'
import { defaultLinkSeconds, maxLinkSeconds, minLinkSeconds } from '../../users/password-setup.ts'

export const linkSeconds = z
  .number()
  .int()
  .min(minLinkSeconds)
  .max(maxLinkSeconds)
  .default(defaultLinkSeconds)
  .describe('For how many seconds the link works')

export const sendLink = z
  .boolean()
  .default(false)
  .describe(
    'Sends the link to the e-mail address of the account, in its language; it is not in the answer then',
  )

export const setup = z
  .discriminatedUnion('method', [
    z.strictObject({ method: z.literal('temporary_password') }),
    z.strictObject({
      method: z.literal('password'),
      password: z
        .string()
        .min(1)
        .max(maxPasswordLength * 4)
        .describe('The password, by the rules for new passwords'),
      must_change: z.boolean().default(true).describe('The person must choose another at the first sign-in'),
    }),
    z.strictObject({ method: z.literal('invitation'), expires_in_seconds: linkSeconds, send: sendLink }),
    z.strictObject({ method: z.literal('none') }),
  ])
  .meta({
    id: 'UserSetup',
    description:
      'How the person gets a first credential. `temporary_password`: made here and shown once. `password`: yours. `invitation`: a link, shown once or sent, by which the person sets one, or makes a passkey. `none`: nobody can sign in yet.',
  })

export type Setup = z.output<typeof setup>
