import { createExecutionContext, env, runDurableObjectAlarm } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { createEvent } from '../../../src/audit/create-event.ts'
import { insertEvents } from '../../../src/audit/insert-events.store.ts'
import { createScheduledNeeds } from '../../../src/cron-entry.ts'
import { createRunBatch } from '../../../src/db/run-batch.ts'
import { verifyExport } from '../../../src/evidence/format/verify-export.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { erasePerson } from '../../audit/erase-person.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from '../../worker/admin-client.ts'

let admin: TestActor
const person = uuidv7()
const erased = uuidv7()

const seal = () => createScheduledNeeds(env, createExecutionContext()).sealTrail()

const write = (count: number, userId: string) =>
  testDatabase().execute(
    insertEvents(
      Array.from({ length: count }, (_, index) =>
        createEvent(
          'session.created',
          Date.now(),
          { ip: '192.0.2.1', user_agent: '=cmd|calc', request_id: `r${index}` },
          { outcome: 'success', actor_type: 'user', actor_id: userId, user_id: userId, data: { acr: 'ü' } },
        ),
      ),
    ),
  )

beforeAll(async () => {
  admin = await addAdmin()
  await write(20, person)
  await seal()
  await write(10, erased)
  await seal()
  await write(5, person)
})

/** The finished file of an export. */
async function exported(body: object): Promise<string> {
  const begun = await callAdmin(admin, 'POST', '/admin/audit/export', { body })
  expect(begun.status, await begun.clone().text()).toBe(202)
  const path = begun.headers.get('location') as string
  const stub = env.JOB.getByName(path.split('/').at(-1) as string)
  let status = 'queued'
  // The trail of all tests is long, and the object's own alarm may be at work just now.
  const deadline = Date.now() + 90_000
  while (Date.now() < deadline && /^(queued|running)/.test(status)) {
    if (!(await runDurableObjectAlarm(stub))) await new Promise((resolve) => setTimeout(resolve, 20))
    const job = (await (await callAdmin(admin, 'GET', path)).json()) as {
      status: string
      detail: string | null
    }
    status = job.detail ? `${job.status}: ${job.detail}` : job.status
  }
  expect(status).toBe('succeeded')
  const file = await callAdmin(admin, 'GET', `${path}/results?file=output`)
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer())
}

const linesOf = (text: string) => text.trimEnd().split('\n')

async function verify(text: string) {
  const deps = testDependencies()
  return verifyExport(linesOf(text), { jwks: await deps.keyring.jwks(), issuer: deps.config.issuer })
}

describe('the export', { timeout: 120_000 }, () => {
  it('of the whole trail proves itself complete, erasures of a moment ago included', async () => {
    await createRunBatch(testDatabase())(await erasePerson(testDependencies().root, erased))
    const text = await exported({})
    const report = await verify(text)
    expect(report.problems).toEqual([])
    expect(report).toMatchObject({ verdict: 'intact', coverage: 'whole' })
    expect(report.events.sealed).toBeGreaterThan(30)
    const cut = linesOf(text).filter((line) => !line.includes(person) || !line.includes('"request_id":"r3"'))
    expect(await verify(cut.join('\n'))).toMatchObject({ verdict: 'altered' })
  })

  it('explains erasures beyond what it seals first', async () => {
    // More than an export seals by itself; then a person's events, erased before the cron sealed them.
    await testDatabase().execute(sql`insert into audit_events (id, type, occurred_at, outcome, actor_type)
      select uuidv7(), 'user.imported', now(), 'success', 'system' from generate_series(1, 6000)`)
    const gone = uuidv7()
    await write(10, gone)
    await createRunBatch(testDatabase())(await erasePerson(testDependencies().root, gone))
    const text = await exported({})
    const report = await verify(text)
    expect(report).toMatchObject({ verdict: 'intact', problems: [] })
    expect(report.events.not_sealed_yet).toBeGreaterThan(10)
    const unsealed = linesOf(text).filter((line) => line.includes(gone) && line.includes('"ip":null'))
    expect(unsealed.length).toBeGreaterThanOrEqual(10)
    const withoutStatements = linesOf(text).filter((line) => !line.includes('"record":"erasure"'))
    const { problems } = await verify(withoutStatements.join('\n'))
    expect(problems.map(({ code }) => code)).toContain('event_blanked')
  })

  it('of a selection proves each event, and says how many there were', async () => {
    const text = await exported({ filter: { user_id: person } })
    const report = await verify(text)
    expect(report.problems).toEqual([])
    expect(report).toMatchObject({ verdict: 'intact', coverage: 'selection', events: { total: 25 } })
    const lines = linesOf(text)
    const altered = lines.map((line) => line.replace('192.0.2.1', '192.0.2.2'))
    const { problems } = await verify(altered.join('\n'))
    expect(problems.map(({ code }) => code)).toContain('event_changed')
    expect(await verify(lines.slice(0, -1).join('\n'))).toMatchObject({
      problems: [{ code: 'manifest_missing' }],
    })
  })

  it('of an earlier part goes on with the chain to the newest checkpoint', async () => {
    const report = await verify(await exported({ to_position: 1 }))
    expect(report).toMatchObject({ verdict: 'intact', coverage: 'whole', problems: [] })
    expect(report.checkpoints.count).toBeGreaterThan(1)
  })

  it('as CSV runs nothing in a spreadsheet', async () => {
    const lines = linesOf(await exported({ format: 'csv', filter: { user_id: person } }))
    expect(lines).toHaveLength(26)
    expect(lines[0]).toContain('position,id,type')
    expect(lines[1]).toContain("'=cmd|calc")
  })

  it('as CSV begins with a byte order mark on request, and no other format takes one', async () => {
    const asked = { format: 'csv', filter: { user_id: person } }
    const [marked, plain] = [await exported({ ...asked, bom: true }), await exported(asked)]
    expect(marked).toBe(`\ufeff${plain}`)
    const refused = await callAdmin(admin, 'POST', '/admin/audit/export', { body: { bom: true } })
    expect([refused.status, await refused.json()]).toMatchObject([400, { errors: [{ pointer: '#/bom' }] }])
  })

  it('arrives in the bucket when asked for', async () => {
    await exported({ to: 'r2', filter: { user_id: person } })
    const { objects } = await (env as { FILES: R2Bucket }).FILES.list({ prefix: 'audit/' })
    expect(objects.length).toBeGreaterThan(0)
  })
})
