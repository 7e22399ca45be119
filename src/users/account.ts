/** A person's account as the API shows it. */
import { z } from 'zod'
import { timestamp, uuid } from '../kit/field-schemas.ts'

/** A row of `selectUser`: JSON of Postgres, times with microseconds and an offset. */
export interface UserRow extends Record<string, unknown> {
  readonly id: string
  readonly username: string | null
  readonly email: string | null
  readonly email_verified: boolean
  readonly phone_number: string | null
  readonly phone_number_verified: boolean
  readonly profile: Readonly<Record<string, unknown>>
  readonly roles: readonly string[]
  readonly status: 'active' | 'disabled'
  readonly version: number
  readonly created_at: string
  readonly updated_at: string
  /** From the tables beside; absent in a past state. */
  readonly has_password?: boolean
  readonly must_change_password?: boolean
  readonly setup_link?: { readonly purpose: 'invitation' | 'reset'; readonly expires_at: string } | null
}

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
  profile: z.record(z.string(), z.unknown()).describe('Standard claims (OpenID Connect Core §5.1)'),
  roles: z.array(z.string()),
  status: z.enum(['active', 'disabled']),
  has_password: z.boolean().optional(),
  must_change_password: z.boolean().optional().describe('The password is good for changing it alone'),
  setup_link: setupLink
    .nullable()
    .optional()
    .describe('By which the person sets a password; never the link itself'),
  created_at: timestamp('When the account was made'),
  updated_at: timestamp('When it last changed').optional(),
}

export const userSchema = z
  .object(shape)
  .meta({ id: 'User', description: 'A past state has no credentials and no `updated_at`' })

/** What creating an account answers: secrets are shown this once. */
export const createdUserSchema = z
  .object({
    ...shape,
    temporary_password: z.string().optional().describe('Shown this once; must be changed at sign-in'),
    invitation_url: z.string().optional().describe('Shown this once; for the person to set a password'),
    invitation_expires_at: timestamp('When the invitation ends').optional(),
  })
  .meta({ id: 'CreatedUser' })

/** The row of `selectUser` in a batch that has made sure there is one. */
export function existingUser(rows: readonly Record<string, unknown>[] | undefined): UserRow {
  const [row] = rows ?? []
  if (!row) throw new Error('the account must exist')
  return row['user'] as UserRow
}

const utc = (time: string): string => new Date(time).toISOString()

/** What an account is called and holds: what its past can be told of. */
export const toPastUser = (row: UserRow) => ({
  id: row.id,
  username: row.username ?? null,
  email: row.email ?? null,
  email_verified: row.email_verified,
  phone_number: row.phone_number ?? null,
  phone_number_verified: row.phone_number_verified,
  profile: { ...row.profile },
  roles: [...row.roles],
  status: row.status,
  created_at: utc(row.created_at),
})

export const toUser = (row: UserRow) => ({
  ...toPastUser(row),
  has_password: row.has_password ?? false,
  must_change_password: row.must_change_password ?? false,
  setup_link: row.setup_link ? { ...row.setup_link, expires_at: utc(row.setup_link.expires_at) } : null,
  updated_at: utc(row.updated_at),
})
