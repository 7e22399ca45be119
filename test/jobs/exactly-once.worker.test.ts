import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { afterEach, describe, expect, test } from 'vitest'
import type { Actor } from '../../src/access/actor.ts'
import { users } from '../../src/db/schema.ts'
import type { JobState } from '../../src/jobs/job.table.ts'
import { fileRetentionSeconds, type JobOrder } from '../../src/jobs/job.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { newPending } from '../sessions/examples.ts'
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

const original = globalThis.fetch
afterEach(() => {
  globalThis.fetch = original
})

const rows = 1210 // Three chunks, the last one not full.

/** An accepted import of `rows` people. */
async function offerImport(actor?: Pick<Actor, 'type' | 'id'>) {
  const mark = crypto.randomUUID().slice(0, 8)
  const order = await orderOf('users.import', { on_conflict: 'fail', dry_run: false, format: 'csv' }, actor)
  const lines = Array.from({ length: rows }, (_, index) => `p${index}@${mark}.test,Person ${index}\n`)
  await jobStub(order).offer(order, { body: streamOf(`email,name\n${lines.join('')}`), format: 'csv' })
  await accept(order)
  return { order, mark }
}

/** Nothing lost, nothing doubled: accounts, audit events, results and counts all say the same. */
async function expectExact(order: JobOrder, mark: string, count = rows) {
  const { rows: people } = await database.execute<{ n: number; distinct: number }>(
    sql`select count(*)::int as n, count(distinct email)::int as "distinct" from users where email like ${`%@${mark}.test`}`,
  )
  expect(people[0]).toEqual({ n: count, distinct: count })
  const { rows: events } = await database.execute<{ n: number; people: number }>(
    sql`select count(*)::int as n, count(distinct user_id)::int as people from audit_events
        where data->>'job_id' = ${order.job_id} and type = 'user.imported'`,
  )
  expect(events[0]).toEqual({ n: count, people: count })
  const results = linesOf(await fileOf(order, 'results'))
  expect(results.map(({ line }) => line)).toEqual(Array.from({ length: count }, (_, index) => index + 2))
  expect(new Set(results.map(({ user_id }) => user_id)).size).toBe(count)
  expect(results.every(({ outcome }) => outcome === 'created')).toBe(true)
  const { rows: ends } = await database.execute<{ n: number }>(
    sql`select count(*)::int as n from audit_events where entity_id = ${order.job_id} and type = 'job.finished'`,
  )
  expect(ends[0]).toEqual({ n: 1 })
  const { rows: chunks } = await database.execute(
    sql`select from job_chunks where job_id = ${order.job_id}::uuid`,
  )
  expect(chunks).toHaveLength(0)
}

/** What a fetch of the job to Postgres is: the n-th one is told from what it says. */
const isOurs = (order: JobOrder, init?: RequestInit) =>
  typeof init?.body === 'string' && init.body.includes(order.job_id)

/** Calls of the job to Postgres in a run without trouble. */
async function countCalls(): Promise<number> {
  const { order } = await offerImport()
  let calls = 0
  globalThis.fetch = (input, init) => {
    if (isOurs(order, init)) calls++
    return original(input, init)
  }
  await runToEnd(order)
  globalThis.fetch = original
  return calls
}

describe('a job that is killed', () => {
  test.each(['before it is sent', 'after Postgres took it'])(
    'at every call to Postgres, %s: no row is lost or doubled',
    async (moment) => {
      const calls = await countCalls()
      expect(calls).toBe(5) // Taken up, three steps, the end.
      for (let fatal = 1; fatal <= calls; fatal++) {
        const { order, mark } = await offerImport()
        let call = 0
        await runInDurableObject(jobStub(order), (_, state) => {
          globalThis.fetch = async (input, init) => {
            if (!isOurs(order, init) || ++call !== fatal) return original(input, init)
            if (moment === 'after Postgres took it') await original(input, init)
            // The object dies here: nothing after this line of its code runs.
            state.abort('killed by the test')
            return new Promise<Response>(() => {})
          }
        })
        await runDurableObjectAlarm(jobStub(order)).catch(() => undefined)
        const progress = await runToEnd(order)
        globalThis.fetch = original
        expect(call).toBeGreaterThan(fatal)
        expect(progress).toMatchObject({ status: 'succeeded', processed: rows, succeeded: rows })
        await expectExact(order, mark)
      }
    },
  )

  test('eviction between any two alarms changes nothing', async () => {
    const { order, mark } = await offerImport()
    for (let turn = 0; turn < 20; turn++) {
      await evictDurableObject(jobStub(order))
      await runDurableObjectAlarm(jobStub(order))
    }
    await runToEnd(order)
    await expectExact(order, mark)
  })
})

describe('Postgres that fails', () => {
  test('takes each step and loses the answer: every step is asked for again and done once', async () => {
    const { order, mark } = await offerImport()
    const seen = new Set<string>()
    globalThis.fetch = async (input, init) => {
      const body = String(init?.body)
      if (!isOurs(order, init) || seen.has(body)) return original(input, init)
      seen.add(body)
      await original(input, init)
      throw new TypeError('connection lost')
    }
    const progress = await runToEnd(order)
    globalThis.fetch = original
    expect(progress.status).toBe('succeeded')
    await expectExact(order, mark)
  })

  test('is away for a while: the job waits, says so, and goes on', async () => {
    const { order, mark } = await offerImport()
    let isAway = false
    globalThis.fetch = async (input, init) => {
      if (!isOurs(order, init)) return original(input, init)
      if (isAway) throw new TypeError('connection refused')
      const answer = await original(input, init)
      isAway = true
      return answer
    }
    for (let turn = 0; turn < 3; turn++) await runDurableObjectAlarm(jobStub(order))
    expect(await jobStub(order).progress()).toMatchObject({
      status: 'running',
      detail: 'the database is unavailable',
    })
    globalThis.fetch = original
    expect(await runToEnd(order)).toMatchObject({ status: 'succeeded', detail: null })
    await expectExact(order, mark)
  })

  test('two instances of one object that both send a step (one was cut off): it happens once', async () => {
    const { order, mark } = await offerImport()
    globalThis.fetch = async (input, init) => {
      if (!isOurs(order, init)) return original(input, init)
      const [first, second] = await Promise.all([original(input, init), original(input, init)])
      return first.ok ? first : second
    }
    await runToEnd(order)
    globalThis.fetch = original
    await expectExact(order, mark)
  })
})

describe('a job whose right to go on ends', () => {
  test('stops when its administrator is demoted, and keeps what was done', async () => {
    const actor = await addActor()
    const { order, mark } = await offerImport(actor)
    let steps = 0
    globalThis.fetch = async (input, init) => {
      const answer = await original(input, init)
      if (isOurs(order, init) && ++steps === 2) {
        await database.execute(sql`update users set roles = '{}' where id = ${actor.id}::uuid`)
      }
      return answer
    }
    const progress = await runToEnd(order)
    expect(progress).toMatchObject({
      status: 'failed',
      processed: 500,
      detail: expect.stringContaining('may not'),
    })
    await expectExact(order, mark, 500)
  })

  test('killed behind Postgres and its administrator demoted: whom the step disabled is signed out all the same', async () => {
    const mark = crypto.randomUUID().slice(0, 8)
    const user_id = uuidv7()
    const profile = { website: `https://${mark}.test/` }
    await database.insert(users).values({ id: user_id, username: `p-${mark}`, profile })
    const sessions = testDependencies().sessionsOf(user_id)
    const origin = { ip: undefined, user_agent: undefined, request_id: 'r' }
    await sessions.recordLogin({
      ...{ now: Date.now(), user_id, identifier_hash: 'i', password_ok: true, origin },
      pending: newPending(),
      session: {
        ...{ session_id: uuidv7(), secret_hash: 's', password_change_required: false },
        ...{ idle_ttl_seconds: 600, absolute_ttl_seconds: 600 },
      },
    })
    const order = await orderOf('users.update', {
      ...{ filter: profile, patch: { status: 'disabled' }, dry_run: false },
    })
    await jobStub(order).offer(order)
    await accept(order)
    let call = 0
    await runInDurableObject(jobStub(order), (_, state) => {
      globalThis.fetch = async (input, init) => {
        if (!isOurs(order, init) || ++call !== 2) return original(input, init)
        await original(input, init)
        state.abort('killed by the test')
        return new Promise<Response>(() => {})
      }
    })
    await runDurableObjectAlarm(jobStub(order)).catch(() => undefined)
    globalThis.fetch = original
    await database.execute(sql`update users set roles = '{}' where id = ${order.authorized.actor.id}::uuid`)
    expect(await sessions.listSessions({ now: Date.now() })).toHaveLength(1)
    expect(await runToEnd(order)).toMatchObject({ processed: 1, succeeded: 1 })
    expect(await sessions.listSessions({ now: Date.now() })).toEqual([])
    const { rows: people } = await database.execute(sql`select status from users where id = ${user_id}::uuid`)
    expect(people).toEqual([{ status: 'disabled' }])
  })

  test('takes no order that was authorized for something else', async () => {
    const order = await orderOf('users.import', { on_conflict: 'fail', dry_run: false, format: 'csv' })
    const other = { ...order, kind: 'users.delete' }
    const offer = runInDurableObject(jobStub(other), (job) => job.offer(other))
    await expect(offer).rejects.toThrow('another permission')
    expect(await jobStub(other).progress()).toBeUndefined()
  })

  test('stops after the step in which it was cancelled', async () => {
    const { order, mark } = await offerImport()
    let steps = 0
    globalThis.fetch = async (input, init) => {
      if (isOurs(order, init) && ++steps === 2) {
        await database.execute(
          sql`update jobs set cancel_requested_at = now() where id = ${order.job_id}::uuid`,
        )
      }
      return original(input, init)
    }
    expect(await runToEnd(order)).toMatchObject({ status: 'cancelled', processed: 500 })
    await expectExact(order, mark, 500)
    const {
      rows: [row],
    } = await database.execute(
      sql`select status, processed, finished_at from jobs where id = ${order.job_id}::uuid`,
    )
    expect(row).toMatchObject({ status: 'cancelled', processed: 500, finished_at: expect.anything() })
  })

  test('a nudge stops it before its next step', async () => {
    const { order, mark } = await offerImport()
    await jobStub(order).nudge()
    expect(await runToEnd(order)).toMatchObject({ status: 'cancelled', processed: 0 })
    await expectExact(order, mark, 0)
  })
})

describe('a job that has ended', () => {
  test('forgets its input at once, and its files after seven days', async () => {
    const { order } = await offerImport()
    await runToEnd(order)
    const inputs = await storageOf(order, ({ storage }) => storage.sql.exec('SELECT * FROM input').toArray())
    expect(inputs).toEqual([])
    await runDurableObjectAlarm(jobStub(order))
    expect(linesOf(await fileOf(order, 'results'))).toHaveLength(rows)
    await storageOf(order, ({ storage }) => {
      const state = storage.kv.get<JobState>('state') as JobState
      storage.kv.put('state', { ...state, finished_at: Date.now() - fileRetentionSeconds * 1000 - 1 })
    })
    await runDurableObjectAlarm(jobStub(order))
    expect(await jobStub(order).progress()).toBeUndefined()
    expect(await fileOf(order, 'results')).toBeUndefined()
  })
})

describe('an offer nobody accepted', () => {
  test('waits a while for its row in Postgres, then forgets all of it', async () => {
    const order = await orderOf('users.import', { on_conflict: 'fail', dry_run: false, format: 'csv' })
    const old = { ...order, created_at: Date.now() - 3_600_000 }
    await jobStub(old).offer(old, { body: streamOf('email\na@b.test\n'), format: 'csv' })
    await runDurableObjectAlarm(jobStub(old))
    expect(await jobStub(old).progress()).toBeUndefined()
  })
})
