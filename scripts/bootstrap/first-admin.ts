/** The first administrator: created once, with a one-time password that must be changed at the first sign-in. */
import pg from 'pg'
import { uuidv7 } from '../../src/kit/ids.ts'
import { formsOf } from '../../src/users/account-normal-forms.ts'
import { OperatorError } from '../process/operator-error.ts'
import { hashPassword, makePassword } from './passwords.ts'

export type FirstAdmin = {
  username: string
  email: string
  /** Undefined if the administrator already existed. */
  password: string | undefined
}

/**
 * Creates the administrator unless a user has the role `admin`.
 * @param replaceUnusedPassword the one-time password is lost: issue a new one if it was never used
 */
export async function ensureFirstAdmin(
  client: pg.ClientBase,
  wanted: { username: string; email: string },
  replaceUnusedPassword: boolean,
): Promise<FirstAdmin> {
  const existing = await client.query<{
    id: string
    username: string
    email: string
    must_change: boolean | null
  }>(
    `SELECT users.id, username, email, must_change FROM users
     LEFT JOIN password_credentials ON user_id = users.id
     WHERE 'admin' = ANY (roles) ORDER BY users.created_at LIMIT 1`,
  )
  const admin = existing.rows[0]
  if (admin !== undefined && !(replaceUnusedPassword && admin.must_change === true)) {
    return { username: admin.username, email: admin.email, password: undefined }
  }
  const password = makePassword()
  const hash = await hashPassword(password)
  if (admin !== undefined) {
    await client.query('UPDATE password_credentials SET hash = $1, changed_at = now() WHERE user_id = $2', [
      hash,
      admin.id,
    ])
    return { username: admin.username, email: admin.email, password }
  }
  const id = uuidv7()
  const profile = { name: 'Administrator' }
  const { username_form, email_form, name_form, form_version } = formsOf({ ...wanted, profile })
  await client
    .query(
      `INSERT INTO users (id, username, email, email_verified, roles, profile,
         username_form, email_form, name_form, form_version)
       VALUES ($1, $2, $3, true, '{admin}', $4, $5, $6, $7, $8)`,
      [id, wanted.username, wanted.email, profile, username_form, email_form, name_form, form_version],
    )
    .catch((cause: unknown) => {
      throw explainTakenName(cause, wanted)
    })
  await client.query('INSERT INTO password_credentials (user_id, hash, must_change) VALUES ($1, $2, true)', [
    id,
    hash,
  ])
  return { ...wanted, password }
}

/** Identifiers are one namespace, and bootstrapping turns no existing user into an administrator. */
function explainTakenName(cause: unknown, { username, email }: { username: string; email: string }): unknown {
  if (!(cause instanceof pg.DatabaseError) || cause.code !== '23505') return cause
  const name =
    cause.constraint === 'users_email_unique' ? `e-mail address "${email}"` : `username "${username}"`
  return new OperatorError(
    `Another account signs in by the ${name}.`,
    'Choose other names with --username and --email.',
    { cause },
  )
}
