import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { users } from '../../src/db/schema.ts'
import { openSeed } from '../../src/one-time-passwords/seal-seed.ts'
import { accountFactors, login, newPending } from '../sessions/examples.ts'
import { testDependencies } from '../worker/admin-client.ts'
import {
  accept,
  addActor,
  database,
  fileOf,
  jobStub,
  linesOf,
  orderOf,
  runToEnd,
  storageOf,
  streamOf,
} from './job-harness.ts'

const seed = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const other = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const fresh = () => `otp-${crypto.randomUUID().slice(0, 8)}`

async function offer(
  rows: readonly object[],
  options: Record<string, unknown> = {},
  roles?: readonly string[],
) {
  const params = { on_conflict: 'fail', dry_run: false, format: 'ndjson', ...options }
  const order = await orderOf('users.import', params, await addActor(roles))
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  expect(await jobStub(order).offer(order, { body: streamOf(text), format: 'ndjson' })).toMatchObject({
    ok: true,
  })
  return order
}

async function importRows(...given: Parameters<typeof offer>) {
  const order = await offer(...given)
  await accept(order)
  await runToEnd(order)
  return { order, results: linesOf(await fileOf(order, 'results')) }
}

const stored = (username: string) =>
  database
    .execute<{ id: string; sealed_secret: string } & Record<string, unknown>>(
      sql`select otp_credentials.* from otp_credentials join users on users.id = user_id
          where username = ${username} order by otp_credentials.kind desc`,
    )
    .then(({ rows }) => rows)

/** Everything an object stores, as text. */
const everything = (order: Awaited<ReturnType<typeof offer>>) =>
  storageOf(order, ({ storage }) =>
    JSON.stringify([
      storage.sql.exec('SELECT rows FROM input').toArray(),
      storage.sql
        .exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM files')
        .toArray()
        .map(({ bytes }) => new TextDecoder().decode(bytes)),
      [...storage.kv.list()],
    ]),
  )

describe('generators of one-time passwords in an import', () => {
  test('are stored sealed for their rows, with what they need to compute codes', async () => {
    const username = fresh()
    const otp = [
      { secret: seed.toLowerCase(), name: 'Phone', digits: 8, algorithm: 'SHA256', period_seconds: 60 },
      { kind: 'hotp', secret: other, counter: 17 },
    ]
    const { results, order } = await importRows([{ username, otp }])
    expect(results).toMatchObject([{ outcome: 'created' }])
    const rows = await stored(username)
    expect(rows).toMatchObject([
      { kind: 'totp', name: 'Phone', digits: 8, algorithm: 'SHA256', period_seconds: 60, counter: null },
      { kind: 'hotp', name: '', digits: 6, algorithm: 'SHA1', period_seconds: null, counter: '17' },
    ])
    const { root } = testDependencies()
    const seeds = await Promise.all(rows.map((row) => openSeed(root, row)))
    expect(seeds.map((bytes) => bytes?.length)).toEqual([20, 20])
    const [first, second] = rows
    expect(
      await openSeed(root, { id: first?.id ?? '', sealed_secret: second?.sealed_secret ?? '' }),
    ).toBeUndefined()
    const events = await database.execute<{ changes: unknown }>(
      sql`select changes from audit_events where data->>'job_id' = ${order.job_id}`,
    )
    expect(events.rows).toMatchObject([{ changes: { one_time_passwords: { before: null, after: 'added' } } }])
  })

  test('lie nowhere in clear while the job waits, runs and is kept, nor does a row that failed', async () => {
    const [username, secret] = [fresh(), 'MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK']
    const rows = [
      { username, otp: [{ secret }] },
      { username, email: 'no address', otp: [{ secret }] },
    ]
    const order = await offer(rows)
    expect(await everything(order)).not.toContain(secret)
    await accept(order)
    await runToEnd(order)
    const kept = await everything(order)
    expect(kept).not.toContain(secret)
    expect(kept).not.toContain('no address')
    const [failed] = linesOf(await fileOf(order, 'failures'))
    expect(failed).toMatchObject({ otp: [{ secret }], _line: 2 })
    const trail = await database.execute(
      sql`select * from audit_events where data->>'job_id' = ${order.job_id}`,
    )
    expect(JSON.stringify([trail.rows, await stored(username)])).not.toContain(secret)
  })

  test('of an existing account are added by an update, once, and are a change', async () => {
    const username = fresh()
    await importRows([{ username }])
    const rows = [{ username, otp: [{ secret: seed }] }]
    const update = { on_conflict: 'update' }
    expect((await importRows(rows, { on_conflict: 'skip' })).results).toMatchObject([{ outcome: 'skipped' }])
    expect((await importRows(rows, { ...update, dry_run: true })).results).toMatchObject([
      { outcome: 'updated' },
    ])
    expect(await stored(username)).toEqual([])
    const [person] = await database.select().from(users).where(eq(users.username, username))
    const object = testDependencies().sessionsOf(person?.id ?? '')
    const pending = newPending('pending-1', { account: accountFactors({ otp: 1 }) })
    await object.recordLogin(login({ user_id: person?.id ?? '', pending }))
    const named = { now: Date.now(), pending_id: pending.pending_id, secret_hash: pending.secret_hash }
    expect(await object.readPending(named)).toBeDefined()
    expect((await importRows(rows, update)).results).toMatchObject([{ outcome: 'updated' }])
    // A sign-in in progress holds the factors of before.
    expect(await object.readPending(named)).toBeUndefined()
    expect((await importRows(rows, update)).results).toMatchObject([{ outcome: 'unchanged' }])
    expect(await stored(username)).toHaveLength(1)
  })

  test('do not become factors of the one who imports: a stolen token would make itself at home', async () => {
    const order = await orderOf('users.import', { on_conflict: 'update', dry_run: false, format: 'ndjson' })
    const { id } = order.authorized.actor
    const text = JSON.stringify({ id, username: fresh(), otp: [{ secret: seed }] })
    await jobStub(order).offer(order, { body: streamOf(text), format: 'ndjson' })
    await accept(order)
    await runToEnd(order)
    expect(linesOf(await fileOf(order, 'results'))).toMatchObject([
      { outcome: 'failed', errors: [{ detail: 'this is your own account' }] },
    ])
  })
})
