/** What a test file needs of the shared Authly: where it is, and how to seed it. */
import { afterAll, inject } from 'vitest'
import { createSeed } from './seed.ts'

const facts = inject('authly')

export const issuer = facts.issuer
export const { addUser, addClient, database, close } = createSeed(facts.databaseUrl)

afterAll(close)

/**
 * A fingerprint of everything only an authorized act may change. Refused requests must leave it as it was.
 * Audit events are not part of it: a refusal may be recorded.
 */
export async function stateFingerprint(): Promise<Record<string, string>> {
  const tables = [
    ...['users', 'password_credentials', 'clients', 'client_secrets', 'consents', 'scopes'],
    ...['resource_servers', 'signing_keys'],
  ]
  const parts = tables.map(
    (table) =>
      `(SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM ${table} t) AS ${table}`,
  )
  const { rows } = await database.query<Record<string, string>>(`SELECT ${parts.join(', ')}`)
  return rows[0] ?? {}
}
