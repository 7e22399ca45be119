/** The first administrator: created once, with a one-time password that must be changed at the first sign-in. */
import { randomBytes } from 'node:crypto'
import { Argon2Type, Argon2Version } from '@phi-ag/argon2'
import initialiseArgon2 from '@phi-ag/argon2/node'
import pg from 'pg'
import { uuidv7 } from '../../src/kit/ids.ts'
import { formsOf } from '../../src/users/account-normal-forms.ts'
import { OperatorError } from '../process/operator-error.ts'

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
  const password = makeOneTimePassword()
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

/** 100 bits in groups a person can type, without look-alike characters. */
function makeOneTimePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
  // Rejection sampling keeps every character equally likely.
  const characters: string[] = []
  while (characters.length < 20) {
    for (const byte of randomBytes(32)) {
      if (byte < 248 && characters.length < 20) characters.push(alphabet[byte % 31] as string)
    }
  }
  return (characters.join('').match(/.{5}/g) as string[]).join('-')
}

/** Argon2id with the OWASP parameters the worker uses (m = 19 MiB, t = 2, p = 1), as a PHC string. */
async function hashPassword(password: string): Promise<string> {
  const argon2 = await initialiseArgon2()
  const { encoded } = argon2.hash(password, {
    type: Argon2Type.Argon2id,
    version: Argon2Version.Version13,
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
    hashLength: 32,
    salt: randomBytes(16),
  })
  return encoded
}
