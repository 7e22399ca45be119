/** What a person's roles give. */
import { sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { textArray } from '../db/fragments.ts'

/** Those of the scopes whose permission the person has now: `authly_token_permissions`, by which the admin API judges. */
export async function findHeldPermissions(
  database: Database,
  userId: string,
  scopes: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await database.execute<{ held: readonly string[] }>(
    sql`select authly_token_permissions('user', ${userId}, ${textArray(scopes)}) as held`,
  )
  return rows[0]?.held ?? []
}
