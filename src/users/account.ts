/** A user's account as the API shows it. */
import { z } from 'zod'
import { timestamp, uuid } from '../kit/field-schemas.ts'
import { status } from './user-fields.ts'

export const userId = uuid('The account')

export const userParams = z.object({ user_id: userId })

const setupLink = z.object({
  purpose: z.enum(['invitation', 'reset']),
  expires_at: timestamp('After that it opens nothing'),
})

const shape = {
  id: userId,
  username: z.string().nullable(),
  email: z.string().nullable(),
  email_verified: z.boolean(),
  phone_number: z.string().nullable(),
  phone_number_verified: z.boolean(),
  profile: z
    .record(z.string(), z.unknown())
    .meta({ id: 'StandardClaims', description: 'Standard claims (OpenID Connect Core §5.1)' }),
  roles: z.array(z.string()),
  status,
  has_password: z.boolean().optional(),
  must_change_password: z.boolean().optional().describe('The password is good for changing it alone'),
  setup_link: setupLink
    .nullable()
    .optional()
    .describe('By which the person sets a password; never the link itself'),
  deletion_due_at: timestamp('When it is deleted, at its owner’s wish').nullable().optional(),
  created_at: timestamp('When the account was made'),
  updated_at: timestamp('When it last changed').optional(),
}

export const userSchema = z
  .object(shape)
  .meta({ id: 'User', description: 'A past state has no credentials and no `updated_at`' })

/** The response to creating an account; its secrets are shown only once. */
export const createdUserSchema = z
  .object({
    ...shape,
    temporary_password: z.string().optional().describe('Shown this once; must be changed at sign-in'),
    invitation_url: z.string().optional().describe('Shown this once; for the person to set a password'),
    invitation_expires_at: timestamp('When the invitation ends').optional(),
  })
  .meta({ id: 'CreatedUser' })

/** A past state of an account; columns that did not exist yet are absent. */
const pastRow = z.object({
  id: z.string(),
  username: z.string().nullish(),
  email: z.string().nullish(),
  email_verified: z.boolean(),
  phone_number: z.string().nullish(),
  phone_number_verified: z.boolean(),
  profile: z.record(z.string(), z.unknown()),
  roles: z.array(z.string()),
  status,
  created_at: z.string(),
})

/** An account as Postgres returns it: times have microseconds and an offset. */
export const storedUser = pastRow.extend({
  version: z.number(),
  updated_at: z.string(),
  deletion_due_at: z.string().nullable(),
  has_password: z.boolean(),
  must_change_password: z.boolean(),
  setup_link: setupLink.extend({ expires_at: z.string() }).nullable(),
})

export type StoredUser = z.output<typeof storedUser>

const utc = (time: string): string => new Date(time).toISOString()

const toPast = (row: z.output<typeof pastRow>) => ({
  ...row,
  username: row.username ?? null,
  email: row.email ?? null,
  phone_number: row.phone_number ?? null,
  created_at: utc(row.created_at),
})

/** A past state of an account, read from the audit trail. */
export const toPastUser = (row: unknown) => toPast(pastRow.parse(row))

/** An account as the API shows it. */
export const toUser = ({ version: _, setup_link, updated_at, deletion_due_at, ...row }: StoredUser) => ({
  ...toPast(row),
  has_password: row.has_password,
  must_change_password: row.must_change_password,
  setup_link: setup_link && { ...setup_link, expires_at: utc(setup_link.expires_at) },
  deletion_due_at: deletion_due_at && utc(deletion_due_at),
  updated_at: utc(updated_at),
})
