/**
 * 100,000 people in one call, through the production bundle in raw workerd; killed in the middle, brought back, and
 * counted. What memory and CPU it took is printed, and the bound on memory is checked: an isolate has 128 MB.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import type { SeededClient } from '../seed.ts'
import { cpuSecondsOf, residentMib, watchMemory } from './process-memory.ts'

const people = 100_000
const adminScopes = ['admin:users:import', 'admin:users:export', 'admin:users:write', 'admin:jobs:read']
/** "correct horse battery staple", by Apache's htpasswd. */
const bcrypt = '$2y$10$Zluab.CcKQ7X3bx3Qqnrn.iErQYebk6XFQSkRKPfvcLyUXWIR.7xG'

let authly: OwnAuthly
let service: SeededClient
let token: string

beforeAll(async () => {
  authly = await startOwnAuthly({
    AUTHLY_RATE_LIMITS: JSON.stringify({
      'token-client': { capacity: 1_000_000, per_seconds: 60 },
      'token-ip-unauthenticated': { capacity: 1_000_000, per_seconds: 60 },
      'authorize-ip': { capacity: 1_000_000, per_seconds: 60 },
    }),
  })
  service = await authly.seed.addClient({ scopes: adminScopes, access_token_ttl_seconds: 3600 })
  const granted = await authly.rp.requestToken(service, {
    grant_type: 'client_credentials',
    scope: adminScopes.join(' '),
  })
  token = String(granted.json?.['access_token'])
}, 240_000)
afterAll(() => authly?.stop())

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${authly.issuer}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
  })

/** The upload, made as it is sent: never whole in this process either. */
function uploadOf(count: number, mark: string): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let index = 0
  return new ReadableStream({
    pull(controller) {
      let text = index === 0 ? 'username,email,email_verified,name,locale,password_hash\r\n' : ''
      for (let n = 0; n < 1000 && index < count; n++, index++) {
        const hash = index % 1000 === 0 ? bcrypt : ''
        text += `${mark}-${index},${mark}-${index}@example.test,true,"Person, ${index}",en,${hash}\r\n`
      }
      if (text !== '') controller.enqueue(encoder.encode(text))
      if (index === count) controller.close()
    },
  })
}

interface Job {
  readonly id: string
  readonly status: string
  readonly processed: number
  readonly succeeded: number
  readonly failed: number
  readonly total: number
}

async function begin(count: number, mark: string): Promise<Job> {
  const init = { method: 'POST', headers: { 'content-type': 'text/csv' }, duplex: 'half' }
  const begun = await call('/admin/users/import', { ...init, body: uploadOf(count, mark) } as RequestInit)
  expect(begun.status, await begun.clone().text()).toBe(202)
  return (await begun.json()) as Job
}

async function follow(id: string, until: (job: Job) => boolean): Promise<Job> {
  const deadline = Date.now() + 300_000
  for (;;) {
    const answer = await call(`/admin/jobs/${id}`).catch(() => undefined)
    const job = answer?.status === 200 ? ((await answer.json()) as Job) : undefined
    if (job && until(job)) return job
    if (Date.now() > deadline) throw new Error(`the job stands still: ${JSON.stringify(job)}`)
    await sleep(100)
  }
}

const hasEnded = ({ status }: Job) => status !== 'queued' && status !== 'running'

/** Nothing lost, nothing doubled, by four independent counts. */
async function expectExact(id: string, mark: string, count: number) {
  const { rows } = await authly.seed.database.query(
    `SELECT count(*)::int AS people, count(DISTINCT username)::int AS names,
       (SELECT count(*)::int FROM audit_events WHERE type = 'user.imported' AND data->>'job_id' = $2) AS events,
       (SELECT count(DISTINCT user_id)::int FROM audit_events WHERE type = 'user.imported' AND data->>'job_id' = $2) AS told
     FROM users WHERE username LIKE $1`,
    [`${mark}-%`, id],
  )
  expect(rows[0]).toEqual({ people: count, names: count, events: count, told: count })
  const results = await (await call(`/admin/jobs/${id}/results`)).text()
  const lines = results.split('\n').filter(Boolean)
  expect(lines).toHaveLength(count)
  const seen = new Set(lines.map((line) => (JSON.parse(line) as { line: number }).line))
  expect(seen.size).toBe(count)
}

describe(`an import of ${people} people`, () => {
  it('arrives exactly, in bounded memory', async () => {
    const pid = authly.stack.workerPid
    const before = { memory: residentMib(pid()), cpu: cpuSecondsOf(pid()), at: Date.now() }
    const memory = watchMemory(pid)
    const { id, total } = await begin(people, 'steady')
    const uploaded = { memory: residentMib(pid()), cpu: cpuSecondsOf(pid()), at: Date.now() }
    expect(total).toBe(people)
    const job = await follow(id, hasEnded)
    const after = { cpu: cpuSecondsOf(pid()), at: Date.now() }
    const { peak } = memory.stop()
    expect(job).toMatchObject({ status: 'succeeded', processed: people, succeeded: people, failed: 0 })
    await expectExact(id, 'steady', people)
    const steps = people / 500
    console.log(
      [
        `upload: ${uploaded.at - before.at} ms, ${(uploaded.cpu - before.cpu).toFixed(2)} s CPU`,
        `job: ${((after.at - uploaded.at) / 1000).toFixed(1)} s, ${(((after.cpu - uploaded.cpu) * 1000) / steps).toFixed(1)} ms CPU a step of 500 rows`,
        `resident memory of workerd: ${before.memory.toFixed(0)} MiB before, ${peak.toFixed(0)} MiB at most`,
      ].join('\n'),
    )
    expect(peak - before.memory).toBeLessThan(128)
  }, 400_000)

  it('survives kill -9 in the middle: neither lost nor doubled', async () => {
    const count = 30_000
    const { id } = await begin(count, 'killed')
    for (const share of [0.1, 0.5, 0.8]) {
      await follow(id, ({ processed }) => processed >= share * count)
      await authly.stack.restartWorker('SIGKILL')
    }
    const job = await follow(id, hasEnded)
    expect(job).toMatchObject({ status: 'succeeded', processed: count, succeeded: count, failed: 0 })
    await expectExact(id, 'killed', count)
  }, 400_000)

  it('survives an outage of Postgres: waits, goes on, and is exact', async () => {
    const count = 10_000
    const { id } = await begin(count, 'outage')
    await follow(id, ({ processed }) => processed > 0)
    await authly.stack.stopPostgres('immediate')
    await sleep(3000)
    await authly.stack.startPostgres()
    const job = await follow(id, hasEnded)
    expect(job).toMatchObject({ status: 'succeeded', processed: count, succeeded: count })
    await expectExact(id, 'outage', count)
  }, 400_000)

  it('streams out again as one export, in bounded memory', async () => {
    const pid = authly.stack.workerPid
    const before = residentMib(pid())
    const memory = watchMemory(pid)
    const exported = await call('/admin/users/export?format=csv&locale=en')
    let lines = 0
    for await (const chunk of exported.body as unknown as AsyncIterable<Uint8Array>) {
      for (const byte of chunk) if (byte === 0x0a) lines++
    }
    const { peak } = memory.stop()
    expect(lines).toBe(1 + people + 30_000 + 10_000)
    console.log(`export of ${lines} lines: ${before.toFixed(0)} MiB before, ${peak.toFixed(0)} MiB at most`)
    expect(peak - before).toBeLessThan(128)
  }, 240_000)

  it('lets an imported person sign in with the password of the other system, and renews its hash', async () => {
    const client = await authly.seed.addClient()
    const password = 'correct horse battery staple'
    const imported = { id: '', username: 'killed-1000', password }
    expect(await authly.rp.signedInAgent(client, imported)).toBeDefined()
    const { rows } = await authly.seed.database.query(
      'SELECT hash FROM password_credentials JOIN users ON users.id = user_id WHERE username = $1',
      [imported.username],
    )
    expect(rows[0].hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await authly.rp.signedInAgent(client, imported)).toBeDefined()
  })
})
