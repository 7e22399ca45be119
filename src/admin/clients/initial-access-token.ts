/** Initial access tokens (RFC 7591 §3) as the API shows and takes them. */
import { z } from 'zod'
import { profiles } from '../../clients/profile.ts'
import { timestampInput, uuid } from '../../kit/field-schemas.ts'
import { singleLinePattern } from '../../kit/patterns.ts'

export const initialAccessTokenParam = z.object({ token_id: uuid('Initial access token') })

const name = z
  .string()
  .min(1)
  .max(100)
  .regex(singleLinePattern, 'must not contain control characters')
  .meta({ description: 'What it is for', example: 'Build servers' })
const profile = z.enum(profiles).meta({
  description: 'The profile of clients that register with it; `null`: the one of the deployment',
  example: 'oidc',
})

export const initialAccessTokenSchema = z
  .object({
    id: uuid('Initial access token'),
    name,
    profile: profile.nullable(),
    uses_left: z.number().int().meta({ description: 'How many clients may still register with it' }),
    expires_at: z.string().meta({ format: 'date-time' }),
    created_at: z.string().meta({ format: 'date-time' }),
    updated_at: z.string().meta({ format: 'date-time' }),
  })
  .meta({ id: 'InitialAccessToken' })

export const createdInitialAccessTokenSchema = initialAccessTokenSchema
  .extend({
    initial_access_token: z.string().meta({ description: 'Shown now and never again' }),
  })
  .meta({ id: 'CreatedInitialAccessToken' })

export const initialAccessTokenCreation = z
  .strictObject({
    name,
    profile: profile.nullish(),
    uses: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .meta({ description: 'How many clients may register with it', example: 1 }),
    expires_at: timestampInput('In the future, at most a year ahead; left out: in 24 hours').optional(),
  })
  .meta({ id: 'InitialAccessTokenCreation', example: { name: 'Build servers', profile: 'oidc', uses: 10 } })

interface TokenRow {
  readonly id: string
  readonly name: string
  readonly profile: string | null
  readonly uses_left: number
  readonly expires_at: Date
  readonly created_at: Date
  readonly updated_at: Date
}

export const toInitialAccessToken = (row: TokenRow) => ({
  id: row.id,
  name: row.name,
  profile: row.profile as (typeof profiles)[number] | null,
  uses_left: row.uses_left,
  expires_at: row.expires_at.toISOString(),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})
