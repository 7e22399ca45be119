/** Remembered consent in Postgres: one row per user and client. */
import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { consents } from '../db/schema.ts'
import type { Consent } from './consent.ts'

/** The consent this user has given this client so far. */
export async function findConsent(
  database: Database,
  userId: string,
  clientId: string,
): Promise<Consent | undefined> {
  const [row] = await database
    .select({ scopes: consents.scopes, claims: consents.claims })
    .from(consents)
    .where(and(eq(consents.user_id, userId), eq(consents.client_id, clientId)))
    .limit(1)
  return row
}

const union = (column: 'scopes' | 'claims') =>
  sql.raw(`array(select distinct unnest(consents.${column} || excluded.${column}) order by 1)`)

/**
 * Adds `consent` to the existing one and returns the result. One upsert, so that two consent pages submitted
 * concurrently both count.
 */
export async function saveConsent(
  database: Database,
  userId: string,
  clientId: string,
  consent: Consent,
): Promise<Consent> {
  const [row] = await database
    .insert(consents)
    .values({
      user_id: userId,
      client_id: clientId,
      scopes: [...consent.scopes],
      claims: [...consent.claims],
    })
    .onConflictDoUpdate({
      target: [consents.user_id, consents.client_id],
      set: { scopes: union('scopes'), claims: union('claims'), updated_at: sql`now()` },
    })
    .returning({ scopes: consents.scopes, claims: consents.claims })
  if (!row) throw new Error('an upsert returned no row')
  return row
}
