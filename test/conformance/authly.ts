/** What a test file needs of the Authly that it has to itself for now: where it is, how to seed it, how to talk to it. */
import { afterAll, afterEach, beforeEach, expect, inject } from 'vitest'
import { createRelyingParty } from './relying-party.ts'
import { createSeed } from './seed.ts'

// Vitest counts the workers that run at a time from 1.
const facts = inject('authlys')[Number(process.env['VITEST_POOL_ID']) - 1]
if (facts === undefined) throw new Error(`worker ${process.env['VITEST_POOL_ID']} has no Authly`)

export const issuer = facts.issuer
export const { addUser, addClient, database, close } = createSeed(facts.databaseUrl)
export const rp = createRelyingParty(issuer)

afterAll(close)

const durableTables = [
  ...['users', 'password_credentials', 'clients', 'client_secrets', 'consents', 'scopes'],
  ...['resource_servers', 'signing_keys'],
]

/** A fingerprint of everything in Postgres that only an authorized act may change. */
async function stateFingerprint(): Promise<Record<string, string>> {
  const parts = durableTables.map(
    (table) =>
      `(SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM ${table} t) AS ${table}`,
  )
  const { rows } = await database.query<Record<string, string>>(`SELECT ${parts.join(', ')}`)
  return rows[0] ?? {}
}

/**
 * Every test of this `describe` fails if it changed any of that, whatever it was answered. Audit events do not
 * count: a refusal may be recorded. Seed in `beforeAll`.
 */
export function expectNothingToChange(): void {
  let before: Record<string, string>
  beforeEach(async () => {
    before = await stateFingerprint()
  })
  afterEach(async () => {
    expect(await stateFingerprint()).toEqual(before)
  })
}
