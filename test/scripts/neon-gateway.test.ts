/** The gateway against the real driver: what works here must work against Neon, and the other way round. */
import { request } from 'node:http'
import { type NeonQueryFunction, neon, neonConfig, Pool } from '@neondatabase/serverless'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type RunningDatabase, startDatabase } from '../../scripts/database/start-database.ts'

let database: RunningDatabase
let sql: NeonQueryFunction<false, false>

beforeAll(async () => {
  database = await startDatabase({ ephemeral: true })
  neonConfig.fetchEndpoint = `${database.gatewayUrl}/sql`
  neonConfig.webSocketConstructor = WebSocket
  neonConfig.wsProxy = () => `${new URL(database.gatewayUrl as string).host}/v2`
  neonConfig.useSecureWebSocket = false
  neonConfig.disableWarningInBrowsers = true
  sql = neon(database.ownerUrl)
  await sql`CREATE TABLE fruit (name text PRIMARY KEY, amount int NOT NULL CHECK (amount >= 0))`
})
beforeEach(() => sql`TRUNCATE fruit`)
afterAll(() => database?.stop())

describe('HTTP queries', () => {
  it('passes parameters and values of every common type unchanged', async () => {
    const rows =
      await sql`SELECT ${42}::int AS number, ${'ü\u0000'.slice(0, 1)} AS text, ${true}::bool AS flag,
      ${null}::text AS nothing, ${['a', 'b,"c"']}::text[] AS list, ${{ deep: [1, null] }}::jsonb AS document,
      ${Buffer.from([0, 255])}::bytea AS bytes, 9007199254740993::bigint AS big, '2026-01-02T03:04:05Z'::timestamptz AS at`
    expect(rows[0]).toEqual({
      number: 42,
      text: 'ü',
      flag: true,
      nothing: null,
      list: ['a', 'b,"c"'],
      document: { deep: [1, null] },
      bytes: Buffer.from([0, 255]),
      big: '9007199254740993',
      at: new Date('2026-01-02T03:04:05Z'),
    })
  })

  it('answers full results with fields, command and row count, as drizzle reads them', async () => {
    const options = { fullResults: true, arrayMode: true } as const
    const result = await sql.query(
      'INSERT INTO fruit VALUES ($1, $2), ($3, $4) RETURNING *',
      ['fig', 1, 'kiwi', 2],
      options,
    )
    expect(result).toMatchObject({
      command: 'INSERT',
      rowCount: 2,
      rows: [
        ['fig', 1],
        ['kiwi', 2],
      ],
    })
    expect(result.fields.map(({ name, dataTypeID }) => [name, dataTypeID])).toEqual([
      ['name', 25],
      ['amount', 23],
    ])
  })

  it('keeps both columns of the same name in array mode', async () => {
    expect(await sql.query('SELECT 1 AS a, 2 AS a', [], { arrayMode: true })).toEqual([[1, 2]])
  })

  it('refuses several statements in one query, as Neon does', async () => {
    await expect(sql.query('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: '42601' })
  })

  it('carries every field of a Postgres error', async () => {
    await sql`INSERT INTO fruit VALUES ('fig', 1)`
    await expect(sql`INSERT INTO fruit VALUES ('fig', 2)`).rejects.toMatchObject({
      name: 'NeonDbError',
      code: '23505',
      severity: 'ERROR',
      schema: 'public',
      table: 'fruit',
      constraint: 'fruit_pkey',
      detail: 'Key (name)=(fig) already exists.',
      message: expect.stringContaining('duplicate key'),
    })
    await expect(sql`SELECT amuont FROM fruit`).rejects.toMatchObject({
      code: '42703',
      position: '8',
      hint: expect.any(String),
    })
  })

  it('does not leave a lone BEGIN to the next request', async () => {
    await sql.query('BEGIN')
    await sql`INSERT INTO fruit VALUES ('fig', 1)`
    const pool = new Pool({ connectionString: database.ownerUrl })
    expect((await pool.query('SELECT name FROM fruit')).rows).toEqual([{ name: 'fig' }])
    await pool.end()
  })

  it('serves many queries at once', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => sql`SELECT ${i}::int AS i`))
    expect(answers.map(([row]) => row?.['i'])).toEqual(Array.from({ length: 200 }, (_, i) => i))
  })
})

describe('HTTP batches', () => {
  it('runs all statements in one transaction', async () => {
    const [, rows] = await sql.transaction([
      sql`INSERT INTO fruit VALUES ('fig', 1)`,
      sql`SELECT count(*)::int AS fruits, txid_current_if_assigned() IS NOT NULL AS same FROM fruit`,
    ])
    expect(rows).toEqual([{ fruits: 1, same: true }])
  })

  it('undoes everything when one statement fails, and reports that one', async () => {
    const batch = sql.transaction([
      sql`INSERT INTO fruit VALUES ('fig', 1)`,
      sql`INSERT INTO fruit VALUES ('kiwi', -1)`,
    ])
    await expect(batch).rejects.toMatchObject({ code: '23514', constraint: 'fruit_amount_check' })
    expect(await sql`SELECT * FROM fruit`).toEqual([])
  })

  it.each([
    ['ReadCommitted', 'read committed'],
    ['RepeatableRead', 'repeatable read'],
    ['Serializable', 'serializable'],
  ] as const)('honours the isolation level %s', async (isolationLevel, expected) => {
    const [rows] = await sql.transaction([sql`SHOW transaction_isolation`], { isolationLevel })
    expect(rows).toEqual([{ transaction_isolation: expected }])
  })

  it('honours read only and deferrable', async () => {
    const options = { isolationLevel: 'Serializable', readOnly: true, deferrable: true } as const
    const [mode] = await sql.transaction([sql`SHOW transaction_deferrable`], options)
    expect(mode).toEqual([{ transaction_deferrable: 'on' }])
    await expect(
      sql.transaction([sql`INSERT INTO fruit VALUES ('fig', 1)`], { readOnly: true }),
    ).rejects.toMatchObject({
      code: '25006',
    })
  })
})

describe('WebSocket tunnel', () => {
  it('carries an interactive transaction of the Pool', async () => {
    const pool = new Pool({ connectionString: database.ownerUrl })
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query("INSERT INTO fruit VALUES ('fig', 7)")
    expect(await sql`SELECT * FROM fruit`).toEqual([])
    await client.query('COMMIT')
    client.release()
    expect(await sql`SELECT amount FROM fruit`).toEqual([{ amount: 7 }])
    await pool.end()
  })

  it('carries more than one message in each direction', async () => {
    const pool = new Pool({ connectionString: database.ownerUrl })
    const { rows } = await pool.query('SELECT length($1) AS length, repeat($2, 2000000) AS back', [
      'x'.repeat(3_000_000),
      'y',
    ])
    expect([rows[0].length, rows[0].back.length]).toEqual([3_000_000, 2_000_000])
    await pool.end()
  })
})

describe('who may connect', () => {
  const post = (headers: Record<string, string>, body = '{"query":"SELECT 1"}', path = '/sql') =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const call = request(`${database.gatewayUrl}${path}`, { method: 'POST', headers }, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode, body: text }))
      })
      call.on('error', reject)
      call.end(body)
    })
  const connection = () => ({ 'neon-connection-string': database.ownerUrl })

  it('lets Postgres check the password of the connection string', async () => {
    const url = new URL(database.ownerUrl)
    url.password = 'wrong'
    await expect(neon(url.href)`SELECT 1`).rejects.toMatchObject({ code: '28P01' })
  })

  it('ignores the host of the connection string: it leads to its own upstream only', async () => {
    const url = new URL(database.ownerUrl)
    url.host = 'elsewhere.example:1'
    expect(await neon(url.href)`SELECT 1 AS one`).toEqual([{ one: 1 }])
  })

  it('refuses web pages: an Origin header or a rebound Host name', async () => {
    expect(await post({ ...connection(), origin: 'https://evil.example' })).toMatchObject({ status: 403 })
    expect(await post({ ...connection(), host: 'evil.example' })).toMatchObject({ status: 403 })
    expect(await post(connection())).toMatchObject({ status: 200 })
  })

  it.each([
    ['no connection string', {}, '{"query":"SELECT 1"}', 400],
    ['broken JSON', undefined, '{"query":', 400],
    ['a query that is no text', undefined, '{"query":1}', 400],
    ['an unknown isolation level', { 'neon-batch-isolation-level': 'None' }, '{"queries":[]}', 400],
    ['a body above 10 MiB', undefined, `{"query":"${' '.repeat(11 * 1024 * 1024)}"}`, 413],
  ])('refuses %s', async (what, headers, body, status) => {
    const base = what === 'no connection string' ? {} : connection()
    expect(await post({ ...base, ...headers }, body)).toMatchObject({
      status,
      body: expect.stringContaining('"message"'),
    })
  })

  it('knows only its two paths', async () => {
    expect(await post(connection(), undefined, '/other')).toMatchObject({ status: 404 })
  })
})

describe('an outage of Postgres', () => {
  it('answers 503 while it lasts and recovers by itself, on pooled connections too', async () => {
    await sql`INSERT INTO fruit VALUES ('fig', 3)`
    await database.stopPostgres('immediate')
    const failures = await Promise.allSettled(Array.from({ length: 40 }, () => sql`SELECT 1`))
    for (const failure of failures) {
      expect(failure).toMatchObject({
        status: 'rejected',
        reason: { message: expect.stringContaining('HTTP status 503') },
      })
    }
    await database.startPostgres()
    expect(await sql`SELECT amount FROM fruit`).toEqual([{ amount: 3 }])
  })
})
