/**
 * Fills Postgres for the admin benchmark: 100,000 people and 1,000,000 audit events that look like those of a real
 * installation, made by Postgres itself. Indexes are made after the rows, as a restore would do it.
 */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { permissionNames } from '../../src/access/permissions.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import type { BenchDatabase } from '../bench-database.ts'
import { addClient, passwordHash, prepareAuthly } from '../targets/seed-authly.ts'

export const adminSize = { users: 100_000, events: 1_000_000, admins: 50 }
export const adminClient = 'admin-bench'
export const adminNameOf = (index: number): string => `bench-admin-${index}`

const given =
  'ada,grace,alan,edsger,barbara,donald,margaret,linus,radia,tim,frances,john,jean,dennis,ken,hedy'
const family =
  'lovelace,hopper,turing,dijkstra,liskov,knuth,hamilton,torvalds,perlman,lee,allen,backus,bartik,ritchie,thompson,lamarr,nakamura,silva,meier,kowalski,rossi,dubois,novak,haddad,okafor'

/** Migrates and fills the database, which must be empty. `note` hears how far it is. */
export async function seedAdmin(
  database: BenchDatabase,
  note: (text: string) => void,
  size = adminSize,
): Promise<void> {
  await prepareAuthly(database)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    await client.query("SET maintenance_work_mem = '256MB'; SET work_mem = '64MB'")
    await addClient(client, {
      ...{ id: adminClient, grants: ['authorization_code'], idTokenAlg: 'ES256', scopes: permissionNames },
    })
    await withoutIndexes(client, ['users', 'audit_events'], async () => {
      note(`${size.users} people`)
      await client.query(people(size), [given.split(','), family.split(',')])
      await client.query(
        'INSERT INTO password_credentials (user_id, hash) SELECT id, $1 FROM users WHERE username IS NOT NULL ON CONFLICT DO NOTHING',
        [passwordHash()],
      )
      await addAdmins(client, size)
      note(`${size.events} audit events`)
      await client.query(
        'CREATE TEMP TABLE person AS SELECT row_number() OVER () AS n, id::text AS id FROM users',
      )
      await client.query('CREATE INDEX ON person (n); ANALYZE person')
      await client.query(events(size))
      note('indexes')
    })
    await client.query('VACUUM ANALYZE')
    await client.query('CHECKPOINT').catch(() => undefined)
  } finally {
    await client.end()
  }
}

const people = (size: typeof adminSize): string => `
  INSERT INTO users (id, username, email, email_verified, phone_number, profile, status, created_at, updated_at)
  SELECT uuidv7(at - now()), g || '.' || f || n, g || '.' || f || n || '@example.' || (ARRAY['com','org','net','de','jp'])[1 + n % 5],
         n % 10 <> 0, CASE WHEN n % 3 = 0 THEN '+49151' || lpad(n::text, 8, '0') END,
         jsonb_build_object('name', initcap(g) || ' ' || initcap(f), 'given_name', initcap(g), 'family_name', initcap(f),
                            'locale', (ARRAY['en','de','ja','pt-BR','fr'])[1 + n % 5], 'zoneinfo', 'Europe/Berlin'),
         CASE WHEN n % 33 = 0 THEN 'disabled' ELSE 'active' END, at, at + (n % 1000) * interval '1 hour'
  FROM (SELECT n, ($1::text[])[1 + (n * 7919) % cardinality($1::text[])] AS g,
               ($2::text[])[1 + (n * 6151) % cardinality($2::text[])] AS f,
               now() - (${size.users} - n) * interval '13 minutes' AS at
        FROM generate_series(1, ${size.users}) AS n) AS made`

/** What an installation writes: mostly tokens and sessions, some refusals, some administration with changes. */
const events = (size: typeof adminSize): string => `
  INSERT INTO audit_events (id, type, occurred_at, recorded_at, outcome, actor_type, actor_id, user_id, client_id,
                            session_id, entity_type, entity_id, ip, user_agent, request_id, changes, data)
  SELECT uuidv7(at - now()), type, at, at + interval '2 seconds',
         CASE WHEN type = 'login.failed' THEN 'failure' ELSE 'success' END,
         CASE WHEN type LIKE 'user.%' THEN 'user' WHEN type = 'login.failed' THEN 'anonymous' ELSE 'user' END,
         CASE WHEN type LIKE 'user.%' THEN admin.id WHEN type <> 'login.failed' THEN person.id END,
         person.id, CASE WHEN type LIKE 'token.%' OR type LIKE 'consent.%' THEN 'app-' || made.n % 200 END,
         CASE WHEN type LIKE 'session.%' OR type LIKE 'token.%' THEN gen_random_uuid()::text END,
         CASE WHEN type LIKE 'user.%' THEN 'user' END, CASE WHEN type LIKE 'user.%' THEN person.id END,
         '198.51.' || made.n % 100 || '.' || made.n % 250, 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', md5(made.n::text),
         CASE WHEN type LIKE 'user.%' THEN jsonb_build_object('email', jsonb_build_object('before', 'a' || made.n || '@old.example', 'after', 'a' || made.n || '@new.example')) END,
         CASE WHEN type LIKE 'token.%' THEN jsonb_build_object('grant_type', 'refresh_token', 'scopes', jsonb_build_array('openid', 'orders:read'))
              WHEN type = 'login.failed' THEN '{"method": "password"}'::jsonb ELSE '{}'::jsonb END
  FROM (SELECT n, now() - (${size.events} - n) * interval '25 seconds' AS at,
               (ARRAY['token.issued','token.refreshed','token.issued','token.refreshed','session.created','token.refreshed',
                      'session.created','session.ended','login.failed','token.issued','consent.granted','token.refreshed',
                      'session.created','token.issued','token.refreshed','user.updated','token.issued','session.created',
                      'token.refreshed','token.issued'])[1 + n % 20] AS type
        FROM generate_series(1, ${size.events}) AS n) AS made
  JOIN person ON person.n = 1 + (made.n::bigint * 7919) % ${size.users}
  LEFT JOIN person AS admin ON admin.n = ${size.users} + 1 + made.n % ${size.admins}`

async function addAdmins(client: pg.Client, size: typeof adminSize): Promise<void> {
  const ids = Array.from({ length: size.admins }, () => uuidv7())
  await client.query(
    "INSERT INTO users (id, username, roles) SELECT id, name, '{admin}' FROM unnest($1::uuid[], $2::text[]) AS made (id, name)",
    [ids, ids.map((_, index) => adminNameOf(index))],
  )
  await client.query('INSERT INTO password_credentials (user_id, hash) SELECT unnest($1::uuid[]), $2', [
    ...[ids, passwordHash()],
  ])
}

/** Drops the indexes of `tables` that no constraint needs, and makes them again after `fill`. */
async function withoutIndexes(
  client: pg.Client,
  tables: readonly string[],
  fill: () => Promise<void>,
): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename = ANY ($1) AND indexname NOT IN (SELECT conname FROM pg_constraint)`,
    [tables],
  )
  for (const { name } of rows) await client.query(`DROP INDEX ${client.escapeIdentifier(name)}`)
  await fill()
  for (const { definition } of rows) await client.query(definition)
}

/** For `AUTHLY_ROOT_SECRET`. */
export const newRootSecret = (): string => randomBytes(32).toString('base64url')
