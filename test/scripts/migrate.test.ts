/** What `npm run db:migrate` promises: one transaction, what is in drizzle/ is in force, and databases of before. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../scripts/database/embedded-postgres.ts'
import { formerMigrations } from '../../scripts/database/former-migrations.ts'
import { carryOverDatabase, migrateDatabase } from '../../scripts/migrate.ts'

let postgres: EmbeddedPostgres
let client: pg.Client
let folder: string

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ ephemeral: true })
  client = new pg.Client(postgres.ownerUrl)
  await client.connect()
})
beforeEach(async () => {
  await client.query('DROP SCHEMA IF EXISTS public, drizzle CASCADE; CREATE SCHEMA public')
  folder = await mkdtemp(join(tmpdir(), 'authly-drizzle-'))
  await cp('drizzle', folder, { recursive: true })
  return () => rm(folder, { recursive: true })
})
afterAll(async () => {
  await client?.end()
  await postgres?.dispose()
})

/** Adds a schema migration to the copy of drizzle/, as a later release does. */
async function addMigration(sql: string) {
  const path = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(await readFile(path, 'utf8'))
  const { idx, when } = journal.entries.at(-1)
  const entry = { idx: idx + 1, version: '7', when: when + 1, tag: `000${idx + 1}_later`, breakpoints: true }
  await writeFile(path, JSON.stringify({ ...journal, entries: [...journal.entries, entry] }))
  await writeFile(join(folder, `${entry.tag}.sql`), sql)
}

/** drizzle/ with the schema and the seed alone, which stand for all that came before the first release. */
async function firstMigrations(): Promise<string> {
  const first = join(folder, 'first')
  // Tables of later migrations are not there yet, nor are their triggers.
  const isLater = (path: string) => path.endsWith('authly_keep_strong_factor.sql')
  await cp('drizzle', first, { recursive: true, filter: (path) => !isLater(path) })
  const path = join(first, 'meta/_journal.json')
  const journal = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 2) }))
  return first
}

/** Tables, columns, indexes, constraints, routines and triggers as Postgres says them, and the journal. */
async function everything() {
  const { rows } = await client.query(`
    SELECT attrelid::regclass || '.' || attname AS name, format_type(atttypid, atttypmod) AS said
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
      WHERE relnamespace = to_regnamespace('public') AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
      WHERE connamespace = to_regnamespace('public')
    UNION ALL SELECT oid::regprocedure::text, pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'authly%'
    UNION ALL SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger
      WHERE NOT tgisinternal
    ORDER BY 1, 2`)
  const journal = await client.query(
    `SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS is_there`,
  )
  if (!journal.rows[0].is_there) return { rows, journal: [] }
  return {
    rows,
    journal: (await client.query('SELECT hash FROM drizzle.__drizzle_migrations ORDER BY id')).rows,
  }
}

describe('migrateDatabase', () => {
  it('applies each migration once when several run at the same time', async () => {
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(postgres)))
    expect(applied.filter((count) => count > 0)).toHaveLength(1)
    expect(await migrateDatabase(postgres)).toBe(0)
  })

  it('knows when each migration came to this database, and for those of before when that was first written down', async () => {
    const began = (await client.query('SELECT now() AS at')).rows[0].at as Date
    await migrateDatabase(postgres)
    const times = async () =>
      (await client.query('SELECT applied_at AS at FROM drizzle.__drizzle_migrations')).rows.map(
        ({ at }) => at as Date,
      )
    expect(Math.min(...(await times()).map(Number))).toBeGreaterThanOrEqual(Number(began))
    await client.query('ALTER TABLE drizzle.__drizzle_migrations DROP COLUMN applied_at')
    await migrateDatabase(postgres)
    const filled = await times()
    expect(Math.min(...filled.map(Number))).toBeGreaterThan(Number(began))
    await migrateDatabase(postgres)
    expect(await times()).toEqual(filled)
  })

  it.each([
    [
      'a wrong password',
      (url: URL) => {
        url.password = 'wrong'
      },
      'refused the password',
    ],
    [
      'a missing database',
      (url: URL) => {
        url.pathname = '/nothing'
      },
      'no database "nothing"',
    ],
    [
      'a closed port',
      (url: URL) => {
        url.port = '1'
      },
      'Nothing listens on 127.0.0.1:1',
    ],
  ])('explains %s and does not show the password', async (_, change, message) => {
    const url = new URL(postgres.ownerUrl)
    change(url)
    const failure = await migrateDatabase({ ...postgres, ownerUrl: url.href }).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ name: 'OperatorError', message: expect.stringContaining(message) })
    expect(String(failure)).not.toContain(url.password)
  })

  it('changes nothing when any part of it fails', async () => {
    const before = await everything()
    await addMigration('CREATE TABLE later (id int);--> statement-breakpoint\nSELECT 1 / 0;')
    await expect(migrateDatabase(postgres, folder)).rejects.toThrow('division by zero')
    expect(await everything()).toEqual(before)
    await migrateDatabase(postgres)
    const migrated = await everything()
    await expect(migrateDatabase(postgres, folder)).rejects.toThrow('division by zero')
    expect(await everything()).toEqual(migrated)
  })

  it('refuses a function whose body names what there is not', async () => {
    const path = join(folder, 'functions/authly_client_still_registered.sql')
    await writeFile(path, (await readFile(path, 'utf8')).replace('FROM clients', 'FROM no_such_table'))
    await expect(migrateDatabase(postgres, folder)).rejects.toThrow('no_such_table')
    expect((await everything()).rows).toEqual([])
  })

  it('brings a later schema change to a new database and to one that is there, with a function of its own', async () => {
    await writeFile(
      join(folder, 'functions/authly_later.sql'),
      'CREATE OR REPLACE FUNCTION authly_later() RETURNS int\nLANGUAGE sql IMMUTABLE AS $$ SELECT 7 $$;\n',
    )
    await addMigration('CREATE TABLE later (id int DEFAULT authly_later());')
    await migrateDatabase(postgres)
    expect(await migrateDatabase(postgres, folder)).toBe(1)
    const upgraded = await everything()
    await client.query('DROP SCHEMA public, drizzle CASCADE; CREATE SCHEMA public')
    await migrateDatabase(postgres, folder)
    expect(await everything()).toEqual(upgraded)
  })

  it('puts functions and triggers back as the files have them, and leaves what is in force', async () => {
    await migrateDatabase(postgres)
    const before = await everything()
    const triggers = `SELECT oid, xmin FROM pg_trigger WHERE tgname = 'audit_events_notify'`
    const untouched = (await client.query(triggers)).rows
    await client.query(`
      CREATE OR REPLACE FUNCTION authly_covers(held text[], wanted text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
      CREATE OR REPLACE FUNCTION authly_keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      DROP TRIGGER users_keep_an_admin_delete ON users;
      ALTER TABLE clients DISABLE TRIGGER authly_client_id_given_once`)
    await migrateDatabase(postgres)
    expect(await everything()).toEqual(before)
    expect((await client.query(triggers)).rows).toEqual(untouched)
  })

  it('leaves the functions of a newer version alone when an older one migrates', async () => {
    await addMigration('CREATE TABLE later (id int);')
    const path = join(folder, 'functions/authly_covers.sql')
    await writeFile(path, (await readFile(path, 'utf8')).replace("'*' = ANY", "'all' = ANY"))
    await migrateDatabase(postgres, folder)
    const newer = await everything()
    expect(await migrateDatabase(postgres)).toBe(0)
    expect(await everything()).toEqual(newer)
  })

  it('has one function in each file, named as the file, and no function without one', async () => {
    await migrateDatabase(postgres)
    const files: string[] = []
    for (const kind of ['functions', 'triggers']) {
      for (const file of await readdir(join('drizzle', kind))) {
        const text = await readFile(join('drizzle', kind, file), 'utf8')
        const names = [...text.matchAll(/^CREATE OR REPLACE FUNCTION (\w+)/gm)].map(
          (match) => `${match[1]}.sql`,
        )
        expect(names, file).toEqual([file])
        expect(text.includes('RETURNS trigger'), file).toBe(kind === 'triggers')
        files.push(file.replace(/\.sql$/, ''))
      }
    }
    const { rows } = await client.query(`SELECT proname FROM pg_proc WHERE proname LIKE 'authly%' ORDER BY 1`)
    expect(rows.map(({ proname }) => proname)).toEqual(files.sort())
  })
})

describe('a database from before the first release', () => {
  const asBefore = async (count: number) => {
    await migrateDatabase(postgres, await firstMigrations())
    await client.query(await readFile(new URL('former-schema.sql', import.meta.url), 'utf8'))
    await client.query(
      'DELETE FROM drizzle.__drizzle_migrations; COMMENT ON FUNCTION authly_keep_an_admin IS NULL',
    )
    for (const [index, [, hash]] of formerMigrations.slice(0, count).entries()) {
      await client.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [
        hash,
        1795437307233 + index,
      ])
    }
    return everything()
  }

  it('is told the command that carries it over, and not changed', async () => {
    const before = await asBefore(formerMigrations.length)
    await expect(migrateDatabase(postgres)).rejects.toMatchObject({
      name: 'OperatorError',
      remedy: expect.stringContaining('npm run db:carry-over'),
    })
    expect(await everything()).toEqual(before)
  })

  it('is carried over once, keeps its former journal, and is then like any other', async () => {
    const former = await asBefore(formerMigrations.length)
    await addMigration('CREATE TABLE later (id int);')
    expect(await carryOverDatabase(postgres, folder)).toBe(true)
    expect(await carryOverDatabase(postgres, folder)).toBe(false)
    expect(await migrateDatabase(postgres, folder)).toBe(0)
    const kept = await client.query('SELECT hash FROM drizzle.former_migrations ORDER BY id')
    expect(kept.rows).toEqual(former.journal)
    const carried = await everything()
    await client.query('DROP SCHEMA public, drizzle CASCADE; CREATE SCHEMA public')
    await migrateDatabase(postgres, folder)
    expect(await everything()).toEqual(carried)
  })

  it.each([
    ['an earlier migration', 12, /at 0011_user_list/],
    ['all but the last', formerMigrations.length - 1, /at 0029_fenced_clients/],
  ])('that is at %s has to be migrated by the version of then first', async (_, count, message) => {
    const before = await asBefore(count)
    for (const attempt of [migrateDatabase, carryOverDatabase]) {
      await expect(attempt(postgres)).rejects.toMatchObject({
        ...{ name: 'OperatorError', message: expect.stringMatching(message) },
        remedy: expect.stringMatching(/git checkout [0-9a-f]{7}/),
      })
    }
    expect(await everything()).toEqual(before)
  })
})
