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
    .select(members)
    .from(consents)
    .where(and(eq(consents.user_id, userId), eq(consents.client_id, clientId)))
    .limit(1)
  return row && toConsent(row)
}

const members = { scopes: consents.scopes, claims: consents.claims, fingerprint: consents.fingerprint }

const toConsent = ({
  fingerprint,
  ...consent
}: Omit<Consent, 'fingerprint'> & { fingerprint: string | null }) =>
  fingerprint === null ? consent : { ...consent, fingerprint }

const union = (column: 'scopes' | 'claims') =>
  sql.raw(`case when consents.fingerprint is distinct from excluded.fingerprint then excluded.${column}
    else array(select distinct unnest(consents.${column} || excluded.${column}) order by 1) end`)

/**
 * Adds `consent` to the existing one, or replaces one that was for other redirect URIs or keys, and returns the result.
 * One upsert, so that two consent pages submitted concurrently both count.
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
      fingerprint: consent.fingerprint ?? null,
    })
    .onConflictDoUpdate({
      target: [consents.user_id, consents.client_id],
      set: {
        scopes: union('scopes'),
        claims: union('claims'),
        fingerprint: sql`excluded.fingerprint`,
        updated_at: sql`now()`,
      },
    })
    .returning(members)
  if (!row) throw new Error('an upsert returned no row')
  return toConsent(row)
}
