/** The worker's role: what somebody who takes over the worker's connection cannot do, and roles that are refused. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDatabaseUrls } from '../../scripts/database/database-urls.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../scripts/database/embedded-postgres.ts'
import { startNeonGateway } from '../../scripts/database/neon-gateway.ts'
import { migrateDatabase } from '../../scripts/migrate.ts'
import { createDatabase } from '../../src/db/database.ts'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { askPostgres } from '../../src/health/health.store.ts'

let folder: string
let postgres: EmbeddedPostgres
let gateway: Awaited<ReturnType<typeof startNeonGateway>>
const clients: pg.Client[] = []
let superuser: pg.Client
let owner: pg.Client
let worker: pg.Client

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  await client.connect()
  clients.push(client)
  return client
}

/** The same database as another role, whose password is its name. */
const urlOf = (role: string, password = role) =>
  Object.assign(new URL(postgres.ownerUrl), { username: role, password }).href

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authly-roles-'))
  const stateFolder = join(folder, '.authly')
  await mkdir(stateFolder)
  postgres = await startEmbeddedPostgres({ stateFolder })
  const record = JSON.parse(await readFile(join(stateFolder, 'postgres.json'), 'utf8'))
  superuser = await connect(urlOf('postgres', record.passwords.superuser))
  await migrateDatabase(postgres)
  gateway = await startNeonGateway({ databaseUrl: postgres.databaseUrl })
  owner = await connect(postgres.ownerUrl)
  worker = await connect(postgres.databaseUrl)
  await owner.query(`
    INSERT INTO clients (client_id, client_name, token_endpoint_auth_method, grant_types) VALUES ('c', 'C', 'none', '{}');
    INSERT INTO audit_events (id, type, occurred_at, outcome, actor_type, data)
      VALUES (gen_random_uuid(), 'session.created', now(), 'success', 'user', '{"acr": "x"}');
    INSERT INTO audit_checkpoints VALUES (1, 1, 1, 1, 'root', 'hash', '[1]', 'signature', '{}')`)
})
afterAll(async () => {
  for (const client of clients) await client.end()
  await gateway?.close()
  await postgres?.dispose()
  await rm(folder, { recursive: true, force: true })
})

describe('the worker’s role', () => {
  it.each([
    ['drop a table', 'DROP TABLE users'],
    ['empty one with its triggers unasked', 'TRUNCATE users CASCADE'],
    ['alter one', 'ALTER TABLE users ADD COLUMN x int'],
    ['switch a trigger off', 'ALTER TABLE users DISABLE TRIGGER ALL'],
    ['switch all triggers off', `SET session_replication_role = 'replica'`],
    ['drop a trigger', 'DROP TRIGGER users_keep_an_admin_update ON users'],
    [
      'add a trigger',
      'CREATE TRIGGER mine AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION authly_keep_an_admin()',
    ],
    ['add a rule', 'CREATE RULE mine AS ON DELETE TO audit_events DO INSTEAD NOTHING'],
    ['switch row security off', 'ALTER TABLE users DISABLE ROW LEVEL SECURITY'],
    ['make a policy', 'CREATE POLICY mine ON users USING (true)'],
    ['make a table', 'CREATE TABLE mine (id int)'],
    ['make a temporary table', 'CREATE TEMP TABLE mine (id int)'],
    ['make a schema', 'CREATE SCHEMA mine'],
    ['make a function', `CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`],
    ['make one for its session', `CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`],
    [
      'replace a function',
      `CREATE OR REPLACE FUNCTION authly_covers(held text[], wanted text[]) RETURNS boolean LANGUAGE sql AS 'SELECT true'`,
    ],
    ['drop a function', 'DROP FUNCTION authly_permissions_of'],
    ['change what happened', `UPDATE audit_events SET type = 'session.ended'`],
    ['change who did it', `UPDATE audit_events SET actor_id = 'somebody'`],
    ['move an event', 'UPDATE audit_events SET position = position + 1'],
    ['change when it happened', `UPDATE audit_events SET occurred_at = now() - interval '1 day'`],
    ['change what a checkpoint signs', `UPDATE audit_checkpoints SET merkle_root = 'other'`],
    ['remove a checkpoint', 'DELETE FROM audit_checkpoints'],
    ['turn the positions back', `SELECT setval('audit_events_position_seq', 1)`],
    ['give a client id a second time', 'DELETE FROM client_ids'],
    ['write the journal of migrations', 'DELETE FROM drizzle.__drizzle_migrations'],
    ['become the owner', 'SET ROLE authly'],
    ['take what the owner owns', 'REASSIGN OWNED BY authly TO authly_worker'],
    ['make a role', 'CREATE ROLE mine'],
    [
      'grant what it has',
      "GRANT SELECT ON users TO PUBLIC; SELECT 1 / (has_table_privilege('public', 'users', 'select')::int)",
    ],
    ['read hashes of passwords of Postgres', 'SELECT * FROM pg_authid'],
    ['read files', `SELECT pg_read_file('PG_VERSION')`],
    ['run programs', `COPY users TO PROGRAM 'cat'`],
  ])('cannot %s', async (_, attack) => {
    await expect(worker.query(attack)).rejects.toMatchObject({
      code: expect.stringMatching(/^42501$|^22012$/),
    })
  })

  it('writes, blanks and removes events, and changes nothing else of them', async () => {
    await worker.query(`INSERT INTO audit_events (id, type, occurred_at, outcome, actor_type)
      VALUES (gen_random_uuid(), 'session.created', now(), 'success', 'user')`)
    await worker.query(`UPDATE audit_events SET ip = NULL, user_agent = NULL, origin_salt = NULL, changes = NULL, data = '{}',
      details_salt = NULL, erased_at = now()`)
    await worker.query(`UPDATE audit_checkpoints SET leaves = '[]'`)
    await worker.query('DELETE FROM audit_events')
  })

  it('fires the triggers, listens, notifies and takes the locks', async () => {
    const heard = new Promise((resolve) => worker.on('notification', ({ channel }) => resolve(channel)))
    await worker.query('SELECT pg_advisory_lock_shared(715520260010); LISTEN authly_audit')
    const other = await connect(postgres.databaseUrl)
    await other.query(`INSERT INTO audit_events (id, type, occurred_at, outcome, actor_type)
      VALUES (gen_random_uuid(), 'session.created', now(), 'success', 'user')`)
    expect(await heard).toBe('authly_audit')
    await other.query(`INSERT INTO users (id, username) VALUES (gen_random_uuid(), 'Ada')`)
    const { rows } = await other.query(`SELECT identifier FROM user_identifiers`)
    expect(rows).toEqual([{ identifier: 'ada' }])
    await expect(
      other.query(
        `INSERT INTO clients (client_id, client_name, token_endpoint_auth_method, grant_types) VALUES ('c', 'C', 'none', '{}')`,
      ),
    ).rejects.toMatchObject({ code: '23505' })
  })

  it('has no function that runs with the rights of another', async () => {
    const { rows } = await owner.query(
      `SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace`,
    )
    expect(rows).toEqual([])
  })

  it('may use a table that a later version makes', async () => {
    await owner.query('CREATE TABLE later (id int)')
    await expect(worker.query('SELECT FROM later')).rejects.toMatchObject({ code: '42501' })
    await migrateDatabase(postgres)
    await worker.query('INSERT INTO later VALUES (1); DELETE FROM later')
    await owner.query('DROP TABLE later')
  })

  it('loses what somebody granted besides', async () => {
    await owner.query(
      'GRANT UPDATE, TRUNCATE ON audit_events TO authly_worker; GRANT CREATE ON SCHEMA public TO authly_worker',
    )
    await migrateDatabase(postgres)
    await expect(worker.query('TRUNCATE audit_events')).rejects.toMatchObject({ code: '42501' })
    await expect(worker.query('CREATE TABLE mine (id int)')).rejects.toMatchObject({ code: '42501' })
  })
})

describe('a role that may too much', () => {
  beforeAll(() =>
    superuser.query(`
      CREATE ROLE mighty LOGIN SUPERUSER PASSWORD 'mighty';
      CREATE ROLE unseen LOGIN BYPASSRLS PASSWORD 'unseen';
      CREATE ROLE member LOGIN NOINHERIT PASSWORD 'member' IN ROLE authly;
      CREATE ROLE builder LOGIN PASSWORD 'builder';
      GRANT CREATE ON SCHEMA public TO builder`),
  )
  const risksOf = async (url: string) =>
    (await askPostgres(createRunBatch(createDatabase(url, gateway.url)))).roleRisks

  it.each([
    ['a superuser', 'mighty', 'is a superuser'],
    ['one that bypasses row security', 'unseen', 'bypasses row security'],
    ['one that may become the owner', 'member', 'owns tables'],
    ['one that may create in the schema', 'builder', 'may create in the schema'],
  ])('is named by readiness: %s', async (_, role, risk) => {
    expect(await risksOf(urlOf(role))).toContain(risk)
  })

  it('is the owner too, and the worker’s role is none', async () => {
    expect(await risksOf(postgres.ownerUrl)).toContain('owns tables')
    expect(await risksOf(postgres.databaseUrl)).toEqual([])
  })

  it.each(['mighty', 'unseen', 'member'])('is refused by migrate: %s', async (role) => {
    await expect(migrateDatabase({ ...postgres, databaseUrl: urlOf(role) })).rejects.toMatchObject({
      ...{ name: 'OperatorError', message: expect.stringContaining(`"${role}"`) },
    })
    const { rows } = await superuser.query(
      `SELECT count(*)::int AS n FROM information_schema.table_privileges WHERE grantee = $1 AND table_schema = 'public' AND grantor = 'authly'`,
      [role],
    )
    expect(rows).toEqual([{ n: 0 }])
  })
})

describe('the role of DATABASE_URL', () => {
  it('is made by migrate when the owner may make roles', async () => {
    await superuser.query('ALTER ROLE authly CREATEROLE')
    const databaseUrl = urlOf('Fresh "role"', "it's secret")
    await migrateDatabase({ ...postgres, databaseUrl })
    const fresh = await connect(databaseUrl)
    await fresh.query('SELECT FROM users')
    await expect(fresh.query('DROP TABLE users')).rejects.toMatchObject({ code: '42501' })
    await superuser.query('ALTER ROLE authly NOCREATEROLE')
  })

  it('is asked for when it is missing and the owner may make none, and nothing is changed', async () => {
    await expect(migrateDatabase({ ...postgres, databaseUrl: urlOf('nobody') })).rejects.toMatchObject({
      ...{ name: 'OperatorError', remedy: expect.stringContaining('CREATE ROLE "nobody" LOGIN PASSWORD') },
    })
  })

  it.each([
    ['no DATABASE_OWNER_URL', { DATABASE_URL: 'postgres://w:p@h/d' }, 'DATABASE_OWNER_URL is missing'],
    ['no DATABASE_URL', { DATABASE_OWNER_URL: 'postgres://o:p@h/d' }, 'DATABASE_URL is missing'],
    [
      'one role',
      { DATABASE_OWNER_URL: 'postgres://o:p@h/d', DATABASE_URL: 'postgres://o:p@h/d' },
      'the same role, "o"',
    ],
    [
      'two databases',
      { DATABASE_OWNER_URL: 'postgres://o:p@h/d', DATABASE_URL: 'postgres://w:p@h/e' },
      'two databases',
    ],
    [
      'two Neon projects with a database of one name',
      {
        DATABASE_OWNER_URL: 'postgres://o:p@ep-a.eu-central-1.aws.neon.tech/neondb',
        DATABASE_URL: 'postgres://w:p@ep-b-pooler.us-east-1.aws.neon.tech/neondb',
      },
      'two servers',
    ],
    [
      'an owner that is no address',
      { DATABASE_OWNER_URL: 'x', DATABASE_URL: 'postgres://w:p@h/e' },
      'DATABASE_OWNER_URL is not',
    ],
  ])('and the owner’s are two of one database: %s', (_, env, message) => {
    expect(() => findDatabaseUrls(env)).toThrow(message)
    expect(findDatabaseUrls({})).toBeUndefined()
  })
})
