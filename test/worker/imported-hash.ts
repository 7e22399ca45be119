/**
 * A hash of another system (bcrypt), for accounts that nobody signs in to. It is removed after the file, with another
 * ending too: while such a hash is stored, every refused sign-in waits (`src/login/steps/password-attempt.ts`), also in other files of the run.
 */
import { sql } from 'drizzle-orm'
import { afterAll } from 'vitest'
import { testDatabase } from '../fakes/database.ts'

export const importedHash = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'

afterAll(async () => {
  await testDatabase().execute(
    sql`delete from password_credentials where hash like ${`${importedHash.slice(0, -1)}%`}`,
  )
})
