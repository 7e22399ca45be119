/** Users in Postgres; each function is one statement. */

import { and, eq, sql } from 'drizzle-orm'
import type { AccountFactors } from '../authentication/sign-in-state.ts'
import type { Database } from '../db/database.ts'
import { accountFactors, sealedSeeds } from '../db/fragments.ts'
import { passwordCredentials, userIdentifiers, users } from '../db/schema.ts'
import { isUuid } from '../kit/patterns.ts'
import type { SealedSeed } from '../sessions/pending-sign-in.ts'
import { maxIdentifierLength } from './identifier-length.ts'
import { identifierForm, plainForm } from './normal-form.ts'
import type { LoginLookup, User, UserWithPassword } from './user.ts'

/** The user with this id; `undefined` when there is none or the text is not a UUID. */
export async function findUser(database: Database, userId: string): Promise<User | undefined> {
  if (!isUuid(userId)) return undefined
  const [row] = await database.select().from(users).where(eq(users.id, userId)).limit(1)
  return row && toUser(row)
}

/**
 * The user with this e-mail address or username, in any spelling, with the password to check. Attack: shadowing another
 * user by choosing their username as one's e-mail address. Identifiers share one namespace, so the normal form matches
 * at most one account. The second spelling covers accounts whose form has not been computed yet.
 */
export async function findUserForLogin(database: Database, typed: string): Promise<LoginLookup> {
  if (typed.length > maxIdentifierLength || typed.includes('\0')) {
    return { person: undefined, hasForeignHashes: await hasForeignHashes(database) }
  }
  const form = identifierForm(typed)
  const people = database
    .select(signInColumns)
    .from(userIdentifiers)
    .innerJoin(users, eq(users.id, userIdentifiers.user_id))
    .leftJoin(passwordCredentials, eq(passwordCredentials.user_id, users.id))
    .where(sql`${userIdentifiers.identifier} in (${form}, lower(${plainForm(typed)}))`)
    .orderBy(sql`${userIdentifiers.identifier} = ${form} desc`)
    .limit(1)
  const [[row], [foreign]] = await database.batch([people, foreignHash(database)])
  return { person: row && toPerson(row), hasForeignHashes: foreign !== undefined }
}

/** What `findUserForLogin` reads, of an active user by id; for a sign-in that goes on from a session. */
export async function findUserForStepUp(
  database: Database,
  userId: string,
): Promise<UserWithPassword | undefined> {
  const [row] = await database
    .select(signInColumns)
    .from(users)
    .leftJoin(passwordCredentials, eq(passwordCredentials.user_id, users.id))
    .where(and(eq(users.id, userId), eq(users.status, 'active')))
    .limit(1)
  return row && toPerson(row)
}

const signInColumns = {
  user: users,
  hash: passwordCredentials.hash,
  must_change: passwordCredentials.must_change,
  is_breach_check_due: sql<boolean>`coalesce(${passwordCredentials.breach_check_due_at} <= now(), true)`,
  factors: sql<AccountFactors>`${accountFactors}`,
  otp_seeds: sql<readonly SealedSeed[]>`${sealedSeeds}`,
}

/** One lookup in a small partial index (`password_credentials_foreign`) with the same predicate. */
const foreignHash = (database: Database) =>
  database
    .select({ user_id: passwordCredentials.user_id })
    .from(passwordCredentials)
    .where(sql`hash not like '$argon2id$v=19$m=19456,t=2,p=1$%'`)
    .limit(1)

const hasForeignHashes = async (database: Database): Promise<boolean> =>
  (await foreignHash(database)).length > 0

const toPerson = (row: {
  readonly user: typeof users.$inferSelect
  readonly hash: string | null
  readonly must_change: boolean | null
  readonly is_breach_check_due: boolean
  readonly factors: AccountFactors
  readonly otp_seeds: readonly SealedSeed[]
}): UserWithPassword => ({
  user: toUser(row.user),
  password:
    row.hash === null
      ? undefined
      : {
          hash: row.hash,
          must_change: row.must_change ?? false,
          is_breach_check_due: row.is_breach_check_due,
        },
  factors: row.factors,
  otp_seeds: row.otp_seeds,
})

const toUser = (row: typeof users.$inferSelect): User => ({
  id: row.id,
  username: row.username ?? undefined,
  email: row.email ?? undefined,
  email_verified: row.email_verified,
  phone_number: row.phone_number ?? undefined,
  phone_number_verified: row.phone_number_verified,
  profile: row.profile,
  roles: row.roles,
  status: row.status,
  updated_at: row.updated_at.getTime(),
  version: row.version,
})
