/** Bootstrap: safe to run twice and at once; secrets are shown once and stored as hashes. */
import { createHash } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bootstrapDatabase } from '../../scripts/bootstrap/bootstrap-database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../scripts/database/embedded-postgres.ts'
import { migrateDatabase } from '../../scripts/migrate.ts'
import { permissions } from '../../src/access/permissions.ts'

let postgres: EmbeddedPostgres
let client: pg.Client

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ ephemeral: true })
  client = new pg.Client(postgres.ownerUrl)
  await client.connect()
})
beforeEach(() => client.query('DROP SCHEMA IF EXISTS public, drizzle CASCADE; CREATE SCHEMA public'))
afterAll(async () => {
  await client?.end()
  await postgres?.dispose()
})

const demo = { onlyWhenEmpty: false, knownSecrets: new Set<string>() }
const clientIds = ['demo-service', 'demo-spa', 'demo-web']

describe('bootstrapDatabase', () => {
  beforeEach(() => migrateDatabase(postgres))

  const everything = async () => {
    const tables = [
      'users',
      'password_credentials',
      'clients',
      'client_secrets',
      'scopes',
      'resource_servers',
    ]
    const rows: unknown[] = []
    for (const table of tables) rows.push((await client.query(`SELECT * FROM ${table} ORDER BY 1`)).rows)
    return rows
  }

  it('makes the administrator with a one-time password, Argon2id with the OWASP parameters', async () => {
    const { admin } = await bootstrapDatabase(postgres.ownerUrl, {})
    expect(admin).toEqual({
      username: 'admin',
      email: 'admin@authly.local',
      password: expect.stringMatching(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/),
    })
    const { rows } = await client.query('SELECT hash, must_change FROM password_credentials')
    expect(rows).toEqual([
      { hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/), must_change: true },
    ])
    // Without an issuer there is no address that the documentation's client could return to.
    expect((await client.query('SELECT client_id FROM clients')).rows).toEqual([{ client_id: 'authly-cli' }])
  })

  it('gives demo clients secrets of 256 bits and stores their SHA-256', async () => {
    const { newClientSecrets } = await bootstrapDatabase(postgres.ownerUrl, { demo })
    expect(Object.keys(newClientSecrets).sort()).toEqual(['demo-service', 'demo-web'])
    const { rows } = await client.query(
      'SELECT client_id, secret_hash FROM client_secrets ORDER BY client_id',
    )
    for (const { client_id, secret_hash } of rows) {
      const secret = newClientSecrets[client_id] as string
      expect(secret_hash).toBe(createHash('sha256').update(secret).digest('base64url'))
      expect(Buffer.from(secret.replace('authly_cs_', ''), 'base64url')).toHaveLength(32)
    }
  })

  it('changes nothing and returns no secret the second time', async () => {
    const first = await bootstrapDatabase(postgres.ownerUrl, { demo })
    const before = await everything()
    const knownSecrets = new Set(Object.keys(first.newClientSecrets))
    const second = await bootstrapDatabase(postgres.ownerUrl, { demo: { ...demo, knownSecrets } })
    expect(second).toMatchObject({ admin: { username: 'admin', password: undefined }, newClientSecrets: {} })
    expect(await everything()).toEqual(before)
  })

  describe('with a demo application', () => {
    const withDemo = (origin = 'http://localhost:8788') =>
      bootstrapDatabase(postgres.ownerUrl, { demo: { ...demo, origin } })
    const application = async () =>
      (await client.query(`SELECT * FROM clients WHERE client_id = 'demo-app'`)).rows[0]

    it('registers it as a stranger would be: without admin scopes, secret or exemption from consent', async () => {
      await withDemo()
      expect(await application()).toMatchObject({
        ...{ token_endpoint_auth_method: 'none', first_party: false, dpop_bound_access_tokens: true },
        scopes: ['openid', 'profile', 'email', 'demo:read', 'demo:write'],
        redirect_uris: ['http://localhost:8788/callback'],
      })
    })

    it('follows it to another port, and changes nothing else', async () => {
      await withDemo()
      await client.query(`UPDATE clients SET client_name = 'Mine' WHERE client_id = 'demo-app'`)
      await withDemo('http://localhost:9000')
      expect(await application()).toMatchObject({
        ...{ client_name: 'Mine', redirect_uris: ['http://localhost:9000/callback'], version: '2' },
        post_logout_redirect_uris: ['http://localhost:9000/'],
      })
    })

    it('makes somebody to sign in to it once, without a role, whose password works as it is', async () => {
      const first = await withDemo()
      expect(first.newDemoPerson).toEqual({
        username: 'ada',
        password: expect.stringMatching(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/),
      })
      expect((await withDemo()).newDemoPerson).toBeUndefined()
      const { rows } = await client.query(
        `SELECT roles, must_change FROM users JOIN password_credentials ON user_id = users.id WHERE username = 'ada'`,
      )
      expect(rows).toEqual([{ roles: [], must_change: false }])
    })

    it('never touches the password of somebody of that name, in whatever spelling', async () => {
      await client.query(`INSERT INTO users (id, username) VALUES (gen_random_uuid(), 'Ada')`)
      expect((await withDemo()).newDemoPerson).toBeUndefined()
      expect((await client.query(`SELECT 1 FROM users WHERE lower(username) = 'ada'`)).rowCount).toBe(1)
    })

    it('does not bring it back when somebody has deleted it', async () => {
      await withDemo()
      await client.query(`DELETE FROM clients WHERE client_id = 'demo-app'`)
      const { deletedClients } = await withDemo()
      expect(deletedClients).toEqual(['demo-app'])
      expect(await application()).toBeUndefined()
    })
  })

  it('says which name another account has, in whatever spelling, and makes no administrator', async () => {
    await client.query(
      `INSERT INTO users (id, username) VALUES (gen_random_uuid(), 'Root@Corp.test'), (gen_random_uuid(), 'other')`,
    )
    for (const [admin, message] of [
      [{ username: 'root', email: 'root@corp.test' }, 'the e-mail address "root@corp.test"'],
      [{ username: 'ＯＴＨＥＲ', email: 'root@corp.example' }, 'the username "ＯＴＨＥＲ"'],
    ] as const) {
      await expect(bootstrapDatabase(postgres.ownerUrl, { admin })).rejects.toMatchObject({
        ...{ name: 'OperatorError', message: expect.stringContaining(message) },
      })
    }
    const { rows } = await client.query(`SELECT count(*)::int AS n FROM users WHERE roles @> '{admin}'`)
    expect(rows).toEqual([{ n: 0 }])
  })

  it('makes one administrator when several run at the same time', async () => {
    const results = await Promise.all(
      Array.from({ length: 4 }, () => bootstrapDatabase(postgres.ownerUrl, {})),
    )
    expect(results.filter(({ admin }) => admin?.password !== undefined)).toHaveLength(1)
  })

  it('adds no demo to a database with its own clients', async () => {
    await client.query(
      `INSERT INTO clients (client_id, client_name, token_endpoint_auth_method, grant_types) VALUES ('theirs', 'Theirs', 'none', '{}')`,
    )
    const result = await bootstrapDatabase(postgres.ownerUrl, { demo: { ...demo, onlyWhenEmpty: true } })
    expect(result).toEqual({
      ...{ admin: undefined, newClientSecrets: {}, hasDemo: false },
      deletedClients: [],
    })
    expect((await client.query('SELECT client_id FROM clients')).rows).toEqual([{ client_id: 'theirs' }])
  })

  it('replaces a lost one-time password only while nobody has used it', async () => {
    const first = await bootstrapDatabase(postgres.ownerUrl, { demo })
    const options = { demo, replaceUnusedAdminPassword: true }
    const second = await bootstrapDatabase(postgres.ownerUrl, options)
    expect(second.admin?.password).not.toBe(first.admin?.password)
    await client.query('UPDATE password_credentials SET must_change = false')
    expect((await bootstrapDatabase(postgres.ownerUrl, options)).admin?.password).toBeUndefined()
    expect(
      (await client.query('SELECT client_id FROM clients ORDER BY 1')).rows.map((row) => row.client_id),
    ).toEqual(['authly-cli', ...clientIds])
  })

  it('makes no client again that somebody deleted: its id is given once', async () => {
    await bootstrapDatabase(postgres.ownerUrl, { demo })
    await client.query(`DELETE FROM clients WHERE client_id IN ('authly-cli', 'demo-web')`)
    const second = await bootstrapDatabase(postgres.ownerUrl, { demo })
    expect([...second.deletedClients].sort()).toEqual(['authly-cli', 'demo-web'])
    expect(Object.keys(second.newClientSecrets)).toEqual(['demo-service'])
    const { rows } = await client.query('SELECT client_id FROM clients ORDER BY 1')
    expect(rows.map((row) => row.client_id)).toEqual(['demo-service', 'demo-spa'])
  })

  it('gives the API documentation a public client that returns to the issuer alone, wherever that moves', async () => {
    const docsClient = async () =>
      (await client.query(`SELECT * FROM clients WHERE client_id = 'authly-docs'`)).rows[0]
    await bootstrapDatabase(postgres.ownerUrl, { issuer: 'http://localhost:8787' })
    const first = await docsClient()
    expect(first).toMatchObject({
      ...{ token_endpoint_auth_method: 'none', require_pkce: true, first_party: true },
      redirect_uris: ['http://localhost:8787/docs/oauth2-redirect.html'],
    })
    await bootstrapDatabase(postgres.ownerUrl, { issuer: 'http://localhost:8787' })
    expect(await docsClient()).toEqual(first)
    await client.query(`UPDATE clients SET client_name = 'Ours' WHERE client_id = 'authly-docs'`)
    await bootstrapDatabase(postgres.ownerUrl, { issuer: 'https://auth.example.test' })
    expect(await docsClient()).toMatchObject({
      ...{ client_name: 'Ours', version: String(Number(first.version) + 1) },
      redirect_uris: ['https://auth.example.test/docs/oauth2-redirect.html'],
    })
  })

  it('gives its own clients a profile of their own: none of the deployment shuts administrators out', async () => {
    const profiles = async () => {
      const own = `SELECT client_id, profile FROM clients WHERE client_id LIKE 'authly-%' ORDER BY 1`
      return (await client.query(own)).rows.map(({ profile }) => profile)
    }
    const options = { issuer: 'http://localhost:8787' }
    await bootstrapDatabase(postgres.ownerUrl, options)
    expect(await profiles()).toEqual(['oauth2.1', 'oauth2.1'])
    // As a release without profiles has left them.
    await client.query(`UPDATE clients SET profile = NULL WHERE client_id = 'authly-cli'`)
    await client.query(`UPDATE clients SET profile = 'oidc' WHERE client_id = 'authly-docs'`)
    await bootstrapDatabase(postgres.ownerUrl, options)
    expect(await profiles()).toEqual(['oauth2.1', 'oidc'])
  })

  it('puts every administrative scope into the catalog, with the words of the consent page', async () => {
    await bootstrapDatabase(postgres.ownerUrl, {})
    const { rows } = await client.query(`SELECT name, description FROM scopes WHERE name LIKE 'admin:%'`)
    expect(Object.fromEntries(rows.map(({ name, description }) => [name, description]))).toEqual(permissions)
  })
})
