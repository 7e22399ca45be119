import { listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { authorize } from '../../../../src/access/authorize-actor.ts'
import type { Authorized } from '../../../../src/access/authorized.ts'
import { createRunBatch } from '../../../../src/db/run-batch.ts'
import type { JobWork } from '../../../../src/jobs/job-kind.ts'
import { uuidv7 } from '../../../../src/kit/ids.ts'
import { updateUsers } from '../../../../src/users/jobs/update-users.kind.ts'
import { testDatabase } from '../../../fakes/database.ts'
import { newPending } from '../../../sessions/examples.ts'
import {
  addAdmin,
  addServiceAccount,
  type CallOptions,
  callAdmin,
  type TestActor,
  testDependencies,
} from '../../../worker/admin-client.ts'
import { importedHash } from '../../../worker/imported-hash.ts'

const database = testDatabase()
const fresh = () => crypto.randomUUID().slice(0, 8)

interface JobBody {
  readonly id: string
  readonly status: string
  readonly total: number | null
  readonly processed: number
  readonly succeeded: number
  readonly failed: number
  readonly detail: string | null
  readonly files: readonly { readonly name: string }[]
}

const post = (actor: TestActor, path: string, options: CallOptions) => callAdmin(actor, 'POST', path, options)
const csv = (body: string): CallOptions => ({ body, headers: { 'content-type': 'text/csv' } })

/** Follows a job to its end. */
async function finished(actor: TestActor, response: Response): Promise<JobBody> {
  expect(response.status, await response.clone().text()).toBe(202)
  const path = response.headers.get('location') as string
  const stub = env.JOB.getByName(path.split('/').at(-1) as string)
  for (let turn = 0; turn < 60; turn++) {
    const job = (await (await callAdmin(actor, 'GET', path)).json()) as JobBody
    if (!['queued', 'running'].includes(job.status)) return job
    await runDurableObjectAlarm(stub)
  }
  throw new Error('the job did not end')
}

const fileOf = (actor: TestActor, job: JobBody, query: string) =>
  callAdmin(actor, 'GET', `/admin/jobs/${job.id}/results?${query}`)

const linesOf = async (response: Response): Promise<Record<string, unknown>[]> =>
  (await response.text())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

/** People `p0@<mark>.test` …, with the locale `<mark>`-like website to filter by. */
async function addPeople(admin: TestActor, count: number): Promise<string> {
  const mark = fresh()
  const rows = Array.from({ length: count }, (_, index) => `p${index}@${mark}.test,https://${mark}.test/\n`)
  await finished(admin, await post(admin, '/admin/users/import', csv(`email,website\n${rows.join('')}`)))
  return mark
}
const isAsleep = sql`select from pg_stat_activity where wait_event = 'PgSleep'`
const filterOf = (mark: string) => ({ website: `https://${mark}.test/` })
const countOf = async (mark: string) =>
  Number(
    (await database.execute(sql`select count(*) as n from users where email like ${`%@${mark}.test`}`))
      .rows[0]?.['n'],
  )

describe('creating many accounts', () => {
  it('makes temporary passwords that sign in, shown once and to their maker alone', async () => {
    const admin = await addAdmin()
    const mark = fresh()
    const created = await post(
      admin,
      '/admin/users/bulk/create?credentials=temporary_password',
      csv(`username,email\nada-${mark},ada@${mark}.test\nbroken name,\nbob-${mark},\n`),
    )
    const job = await finished(admin, created)
    expect(job).toMatchObject({ status: 'succeeded', total: 3, succeeded: 2, failed: 1 })
    expect(job.files.map(({ name }) => name)).toEqual(['credentials', 'failures', 'results'])
    const other = await addAdmin()
    expect((await fileOf(other, job, 'file=credentials')).status).toBe(404)
    expect((await fileOf(other, job, 'file=failures')).status).toBe(404)
    expect((await fileOf(other, job, 'file=results')).status).toBe(200)
    const people = await linesOf(await fileOf(admin, job, 'file=credentials'))
    expect(people.map(({ line, username }) => [line, username])).toEqual([
      [2, `ada-${mark}`],
      [4, `bob-${mark}`],
    ])
    expect((await fileOf(admin, job, 'file=credentials')).status).toBe(404)
    const deps = testDependencies()
    const { person: found } = await deps.findUserForLogin(`ada@${mark}.test`)
    expect(found?.password?.must_change).toBe(true)
    expect(
      await deps.passwordHasher.verify(String(people[0]?.['temporary_password']), found?.password?.hash),
    ).toBe(true)
  })

  it('makes invitations that open', async () => {
    const admin = await addAdmin()
    const mark = fresh()
    const job = await finished(
      admin,
      await post(admin, '/admin/users/bulk/create?credentials=invitation', csv(`email\nada@${mark}.test\n`)),
    )
    const [person] = await linesOf(await fileOf(admin, job, 'file=credentials'))
    expect(person).toMatchObject({
      invitation_url: expect.stringContaining('https://auth.test/set-password?link=authly_il_'),
    })
    const { rows } =
      await database.execute(sql`select purpose, expires_at > now() + interval '6 days' as lasts
      from password_setup_links where user_id = ${String(person?.['user_id'])}::uuid`)
    expect(rows).toEqual([{ purpose: 'invitation', lasts: true }])
  })

  it('refuses what cannot be read, with the line, and begins no job', async () => {
    const admin = await addAdmin()
    const unreadable: [string, CallOptions, number][] = [
      ['invalid', csv('email\n"never closed\n'), 400],
      ['unknown column', csv('emial\na@b.test\n'), 400],
      ['a billion columns', csv(`${'email,'.repeat(100_000)}\n`), 400],
      ['no rows', csv('email\n'), 400],
      ['rows of commas only', csv('email,name\n,\n,\n'), 400],
      [
        'another charset',
        { body: 'email\n', headers: { 'content-type': 'text/csv; charset=iso-8859-1' } },
        415,
      ],
      [
        'compressed',
        { body: 'email\n', headers: { 'content-type': 'text/csv', 'content-encoding': 'gzip' } },
        415,
      ],
      ['a spreadsheet', { body: 'x', headers: { 'content-type': 'application/vnd.ms-excel' } }, 415],
      [
        'deep JSON',
        { body: `{"a":${'['.repeat(5000)}`, headers: { 'content-type': 'application/x-ndjson' } },
        400,
      ],
    ]
    for (const [name, options, status] of unreadable) {
      const refused = await post(admin, '/admin/users/bulk/create', options)
      expect([name, refused.status]).toEqual([name, status])
    }
    const { rows } = await database.execute(
      sql`select count(*)::int as n from jobs where actor_id = ${admin.id}`,
    )
    expect(rows[0]).toEqual({ n: 0 })
  })

  it.each([
    ['text/csv; charset=utf8', 'csv'],
    ['text/csv;charset="UTF-8"; header=present', 'csv'],
    ['TEXT/CSV; charset=us-ascii', 'csv'],
    ['application/ndjson', 'ndjson'],
    ['application/x-ndjson; charset=utf8', 'ndjson'],
    ['application/jsonl', 'ndjson'],
  ])('takes %s', async (type, format) => {
    const admin = await addAdmin()
    const name = `typed-${fresh()}`
    const body = format === 'csv' ? `username,email\n${name},\n,\n` : `{"username":"${name}","email":null}\n`
    const headers = { 'content-type': type }
    const job = await finished(admin, await post(admin, '/admin/users/bulk/create', { body, headers }))
    expect(job).toMatchObject({ total: 1, succeeded: 1 })
  })

  it.each<[string, Record<string, string>, string, string]>([
    [
      'a charset',
      { 'content-type': 'text/csv; charset=windows-1252' },
      'email\n',
      'windows-1252 is not read',
    ],
    ['a compression', { 'content-type': 'text/csv', 'content-encoding': 'gzip' }, 'x', 'not unpacked'],
    ['a type', { 'content-type': 'application/zip' }, 'x', 'Accepted: text/csv'],
    [
      'an archive sent as CSV',
      { 'content-type': 'text/csv' },
      'PK\u0003\u0004\u0014\0people.csv',
      'Line 1: this is a ZIP archive',
    ],
    ['a nameless column', { 'content-type': 'text/csv' }, 'name,,\n', 'Line 1: column 2 has no name'],
  ])('says that %s is the reason', async (_, headers, body, reason) => {
    const refused = await post(await addAdmin(), '/admin/users/bulk/create', { body, headers })
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining(reason) })
  })

  it('keeps nothing of an upload that breaks off', async () => {
    const admin = await addAdmin()
    const idsBefore = new Set((await listDurableObjectIds(env.JOB)).map(String))
    const rows = Array.from({ length: 1200 }, (_, index) => `broken-${index}\n`).join('')
    let isSent = false
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        // Only after what was sent has been stored.
        if (isSent) await new Promise((resolve) => setTimeout(resolve, 300))
        if (isSent) controller.error(new Error('the sender is gone'))
        else controller.enqueue(new TextEncoder().encode(`username\n${rows}`))
        isSent = true
      },
    })
    const headers = { 'content-type': 'text/csv' }
    const refused = await post(admin, '/admin/users/bulk/create', { body, headers })
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { detail: 'Line 1201: the upload broke off after this line; nothing of it was used.' },
    ])
    const made = (await listDurableObjectIds(env.JOB)).filter((id) => !idsBefore.has(String(id)))
    for (const id of made) {
      const left = await runInDurableObject(env.JOB.get(id), async (_, { storage }) => ({
        keys: [...(await storage.list()).keys()],
        alarm: await storage.getAlarm(),
        tables: storage.sql.exec(`SELECT name FROM sqlite_master WHERE name IN ('input', 'files')`).toArray(),
      }))
      expect(left).toEqual({ keys: [], alarm: null, tables: [] })
    }
    const { rows: jobs } = await database.execute(
      sql`select count(*)::int as n from jobs where actor_id = ${admin.id}`,
    )
    expect(jobs[0]).toEqual({ n: 0 })
  })

  it('acts once for one Idempotency-Key, in parallel too, and not for another upload', async () => {
    const admin = await addAdmin()
    const mark = fresh()
    const headers = { 'content-type': 'text/csv', 'idempotency-key': uuidv7() }
    const send = (body: string) => post(admin, '/admin/users/bulk/create', { body, headers })
    const upload = `email\na@${mark}.test\n`
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(upload)))
    const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as JobBody).id))
    expect(new Set(ids).size).toBe(1)
    expect((await send(`email\nb@${mark}.test\n`)).status).toBe(422)
    const { rows } = await database.execute(
      sql`select count(*)::int as n from jobs where actor_id = ${admin.id}`,
    )
    expect(rows[0]).toEqual({ n: 1 })
  })

  it('runs a job that Postgres took although its answer was lost', async () => {
    const admin = await addAdmin()
    const mark = fresh()
    const headers = { 'content-type': 'text/csv', 'idempotency-key': uuidv7() }
    const send = () => post(admin, '/admin/users/bulk/create', { body: `email\na@${mark}.test\n`, headers })
    const original = globalThis.fetch
    globalThis.fetch = async (input, init) => {
      const answer = await original(input, init)
      const sent = typeof init?.body === 'string' ? init.body : ''
      if (sent.includes('insert into jobs') && sent.includes(admin.id)) throw new TypeError('connection lost')
      return answer
    }
    const lost = await send().finally(() => {
      globalThis.fetch = original
    })
    expect(lost.status).toBe(503)
    expect(await finished(admin, await send())).toMatchObject({ status: 'succeeded', succeeded: 1 })
    expect(await countOf(mark)).toBe(1)
  })
})

it('an upload may take longer than Postgres may for a statement', async () => {
  const admin = await addAdmin()
  const name = `slow-${fresh()}`
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode('username\n'))
      await new Promise((resolve) => setTimeout(resolve, 5_500))
      controller.enqueue(new TextEncoder().encode(`${name}\n`))
      controller.close()
    },
  })
  const response = await post(admin, '/admin/users/bulk/create?credentials=none', {
    body,
    headers: { 'content-type': 'text/csv' },
  })
  expect((await finished(admin, response)).succeeded).toBe(1)
}, 20_000)

describe('changing many accounts', () => {
  it('changes those the filter finds, once each, with an event each; the rest is left alone', async () => {
    const admin = await addAdmin()
    const mark = await addPeople(admin, 450)
    const others = await addPeople(admin, 3)
    const body = { filter: filterOf(mark), patch: { profile: { locale: 'de' }, email_verified: true } }
    const dry = await finished(
      admin,
      await post(admin, '/admin/users/bulk/update', { body: { ...body, dry_run: true } }),
    )
    expect(dry).toMatchObject({ total: 450, succeeded: 450 })
    expect(
      (
        await database.execute(
          sql`select count(*)::int as n from users where profile->>'locale' = 'de' and email like ${`%@${mark}.test`}`,
        )
      ).rows[0],
    ).toEqual({ n: 0 })
    const job = await finished(admin, await post(admin, '/admin/users/bulk/update', { body }))
    expect(job).toMatchObject({ status: 'succeeded', total: 450, processed: 450, succeeded: 450 })
    const { rows } =
      await database.execute(sql`select count(*)::int as n, min(version)::int as low, max(version)::int as high
      from users where email like ${`%@${mark}.test`} and email_verified and profile->>'locale' = 'de' and profile ? 'website'`)
    expect(rows[0]).toEqual({ n: 450, low: 2, high: 2 })
    const events =
      await database.execute(sql`select count(*)::int as n, count(distinct user_id)::int as people from audit_events
      where type = 'user.updated' and data->>'job_id' = ${job.id}`)
    expect(events.rows[0]).toEqual({ n: 450, people: 450 })
    const again = await finished(admin, await post(admin, '/admin/users/bulk/update', { body }))
    const outcomes = await linesOf(await fileOf(admin, again, 'file=results'))
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['unchanged']))
    expect(await countOf(others)).toBe(3)
  })

  it('disables no administrator and not the caller, and signs the others out', async () => {
    const admin = await addAdmin()
    const mark = await addPeople(admin, 2)
    const website = filterOf(mark).website
    await database.execute(
      sql`update users set profile = ${JSON.stringify({ website })}::jsonb where id = ${admin.id}::uuid`,
    )
    const { rows } = await database.execute<{ id: string }>(
      sql`select id from users where email = ${`p0@${mark}.test`}`,
    )
    const sessions = testDependencies().sessionsOf(rows[0]?.id as string)
    const origin = { ip: undefined, user_agent: undefined, request_id: 'r' }
    await sessions.recordLogin({
      ...{ now: Date.now(), user_id: rows[0]?.id as string, identifier_hash: 'i', password_ok: true, origin },
      pending: newPending(),
      session: {
        ...{ session_id: uuidv7(), secret_hash: 's', password_change_required: false },
        ...{ idle_ttl_seconds: 600, absolute_ttl_seconds: 600 },
      },
    })
    expect(await sessions.listSessions({ now: Date.now() })).toHaveLength(1)
    const body = { filter: { website }, patch: { status: 'disabled' } }
    const job = await finished(admin, await post(admin, '/admin/users/bulk/update', { body }))
    expect(job).toMatchObject({ succeeded: 2, failed: 1 })
    expect(await sessions.listSessions({ now: Date.now() })).toEqual([])
    expect((await callAdmin(admin, 'GET', '/admin/jobs')).status).toBe(200)
  })

  const scope = 'admin:users:write'

  it('undoes nothing that happened to an account while it waited for its row', async () => {
    const caller = { type: 'user', id: (await addAdmin()).id, clientId: 'c', scopes: [scope] } as const
    const authorized = authorize(caller, scope) as Authorized
    const mark = await addPeople(await addAdmin(), 1)
    const where = sql`email = ${`p0@${mark}.test`}`
    await database.execute(sql`update users set email_verified = true where ${where}`)
    const runBatch = createRunBatch(database)
    const meanwhile = runBatch([
      sql`update users set status = 'disabled', email_verified = false,
        profile = profile || '{"name": "New"}' where ${where}`,
      sql`select pg_sleep(1)`,
    ])
    await vi.waitUntil(async () => (await database.execute(isAsleep)).rows.length > 0, { interval: 20 })
    const order = {
      ...{ job_id: uuidv7(), kind: 'users.update', params: {}, created_at: Date.now(), token: undefined },
      origin: { ip: undefined, user_agent: undefined, request_id: 'r' },
      authorized,
    }
    const step = { after: null, limit: 10, eventIds: [uuidv7()] }
    const params = { filter: filterOf(mark), patch: { profile: { locale: 'de' } }, dry_run: false }
    const { ctes, outcome } = updateUsers.statement({ order, params } as JobWork<object>, step)
    const [[done] = []] = await runBatch([sql`with ${ctes} select ${outcome} as outcome`])
    await meanwhile
    expect(done?.['outcome']).toMatchObject({ rows: [{ outcome: 'updated' }] })
    const { rows } = await database.execute(
      sql`select status, email_verified, profile from users where ${where}`,
    )
    expect(rows).toMatchObject([
      { status: 'disabled', email_verified: false, profile: { name: 'New', locale: 'de' } },
    ])
    const told = await database.execute(sql`select changes from audit_events where id = ${step.eventIds[0]}`)
    const website = filterOf(mark).website
    expect(told.rows).toEqual([
      {
        changes: {
          profile: { before: { website, name: 'New' }, after: { website, name: 'New', locale: 'de' } },
        },
      },
    ])
  })

  it('refuses a patch of what only one account can have', async () => {
    const admin = await addAdmin()
    for (const patch of [{ email: 'a@b.test' }, { roles: ['admin'] }, { version: 7 }, {}]) {
      const refused = await post(admin, '/admin/users/bulk/update', { body: { filter: {}, patch } })
      expect(refused.status).toBe(400)
    }
  })

  it('leaves a name that a row does not bring to the cron job, if its form is an old one', async () => {
    const [admin, mark] = [await addAdmin(), fresh()]
    const rowOf = (website: string) => csv(`email,website\n${mark}@x.test,https://${website}.test/`)
    await finished(admin, await post(admin, '/admin/users/import', rowOf('before')))
    const where = sql`email = ${`${mark}@x.test`}`
    await database.execute(
      sql`update users set username = ${mark}, username_form = ${`old ${mark}`}, form_version = 1 where ${where}`,
    )
    await database.execute(sql`update users set form_version = 0 where ${where}`)
    await finished(admin, await post(admin, '/admin/users/import?on_conflict=update', rowOf('after')))
    const { rows } = await database.execute(
      sql`select profile ->> 'website' as website, coalesce(form_version, 0) as version from users where ${where}`,
    )
    expect(rows).toEqual([{ website: 'https://after.test/', version: 0 }])
  })
})

describe('deleting many accounts', () => {
  it('takes a dry run, its token and a cap; erases what the trail keeps of the people', async () => {
    const admin = await addAdmin()
    const mark = await addPeople(admin, 230)
    const filter = filterOf(mark)
    const preview = await post(admin, '/admin/users/bulk/delete', { body: { filter, dry_run: true } })
    expect(preview.status, await preview.clone().text()).toBe(200)
    const { count, sample, confirmation_token } = (await preview.json()) as {
      count: number
      sample: object[]
      confirmation_token: string
    }
    expect([count, sample.length]).toEqual([230, 10])
    const real = { filter, confirmation_token, max_deletions: 230 }
    const low = await post(admin, '/admin/users/bulk/delete', { body: { ...real, max_deletions: 229 } })
    expect(low.status).toBe(409)
    const other = await post(await addAdmin(), '/admin/users/bulk/delete', { body: real })
    expect(other.status).toBe(422)
    const wider = await post(admin, '/admin/users/bulk/delete', {
      body: { ...real, filter: { status: 'active' } },
    })
    expect(wider.status).toBe(422)
    const job = await finished(admin, await post(admin, '/admin/users/bulk/delete', { body: real }))
    expect(job).toMatchObject({ status: 'succeeded', total: 230, processed: 230, succeeded: 230 })
    expect(await countOf(mark)).toBe(0)
    const results = await linesOf(await fileOf(admin, job, 'file=results'))
    const ids = results.map(({ user_id }) => user_id)
    const { rows } = await database.execute<{ type: string; n: number; told: number }>(sql`
      select type, count(*)::int as n, count(*) filter (where changes is not null or data ?| array['job_id', 'line'])::int as told
      from audit_events where user_id = any(array(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)))
      group by type order by type`)
    expect(rows).toEqual([
      { type: 'audit.personal_data_erased', n: 230, told: 0 },
      { type: 'user.deleted', n: 230, told: 0 },
      { type: 'user.imported', n: 230, told: 0 },
    ])
  })

  it('stops at the cap when there are more by then, and never takes an administrator', async () => {
    const admin = await addAdmin()
    const mark = await addPeople(admin, 5)
    const filter = filterOf(mark)
    await database.execute(sql`update users set roles = '{admin}' where email = ${`p0@${mark}.test`}`)
    const preview = await post(admin, '/admin/users/bulk/delete', { body: { filter, dry_run: true } })
    const { confirmation_token } = (await preview.json()) as { confirmation_token: string }
    await database.execute(sql`insert into users (id, email, profile, created_at)
      select gen_random_uuid(), 'late' || n || ${`@${mark}.test`}, ${JSON.stringify(filter)}::jsonb, now() - interval '1 day'
      from generate_series(1, 4) as n`)
    const body = { filter, confirmation_token, max_deletions: 6 }
    const job = await finished(admin, await post(admin, '/admin/users/bulk/delete', { body }))
    expect(job).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('max_deletions'),
      succeeded: 6,
    })
    const { rows } = await database.execute(
      sql`select count(*)::int as n from users where email = ${`p0@${mark}.test`}`,
    )
    expect(rows[0]).toEqual({ n: 1 })
  })

  it('takes no filter without a condition', async () => {
    const refused = await post(await addAdmin(), '/admin/users/bulk/delete', {
      body: { filter: {}, dry_run: true },
    })
    expect(refused.status).toBe(400)
  })
})

describe('exporting accounts', () => {
  it('streams what an import reads back, in each format, without hashes', async () => {
    const admin = await addAdmin()
    const mark = fresh()
    const hash = importedHash
    const people = [
      {
        email: `a@${mark}.test`,
        phone_number: '+493012345678',
        profile: { website: `https://${mark}.test/`, name: '=1+1' },
      },
      {
        email: `b@${mark}.test`,
        profile: { website: `https://${mark}.test/`, name: '"Ö", 😀', address: { country: 'GB' } },
        password_hash: hash,
      },
    ]
    const upload = people.map((person) => JSON.stringify(person)).join('\n')
    const headers = { 'content-type': 'application/x-ndjson' }
    await finished(admin, await post(admin, '/admin/users/import', { body: upload, headers }))
    const query = `website=${encodeURIComponent(`https://${mark}.test/`)}`
    const before = await linesOf(await callAdmin(admin, 'GET', `/admin/users/export?${query}`))
    // Both were made in one millisecond, so either may come first.
    const passwords = Object.fromEntries(before.map((person) => [person['email'], person['_has_password']]))
    expect(passwords).toEqual({ [`a@${mark}.test`]: false, [`b@${mark}.test`]: true })
    for (const format of ['csv', 'ndjson'] as const) {
      const exported = await callAdmin(admin, 'GET', `/admin/users/export?${query}&format=${format}`)
      expect(exported.headers.get('content-disposition')).toContain(`users.${format}`)
      const text = await exported.text()
      expect(text).not.toContain('N9qo8')
      if (format === 'csv') expect(text).toContain("'+493012345678")
      const type = format === 'csv' ? 'text/csv' : 'application/x-ndjson'
      const read = await post(admin, '/admin/users/import?on_conflict=update', {
        body: text,
        headers: { 'content-type': type },
      })
      const job = await finished(admin, read)
      const results = await linesOf(await fileOf(admin, job, 'file=results'))
      expect(results.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged'])
    }
    const json = await (await callAdmin(admin, 'GET', `/admin/users/export?${query}&format=json`)).json()
    expect(json).toEqual(before)
    const { rows } = await database.execute(
      sql`select count(*)::int as n from audit_events where type = 'user.exported' and actor_id = ${admin.id}`,
    )
    expect(rows[0]).toEqual({ n: 4 })
  })

  it('begins CSV with a byte order mark on request, which the import skips', async () => {
    const admin = await addAdmin()
    const mark = await addPeople(admin, 1)
    const query = `website=${encodeURIComponent(filterOf(mark).website)}`
    const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())
    const bom = [0xef, 0xbb, 0xbf]
    const marked = await bytesOf(
      await callAdmin(admin, 'GET', `/admin/users/export?${query}&format=csv&bom=true`),
    )
    const plain = await bytesOf(await callAdmin(admin, 'GET', `/admin/users/export?${query}&format=csv`))
    expect([...marked]).toEqual([...bom, ...plain])
    const headers = { 'content-type': 'text/csv' }
    const again = await post(admin, '/admin/users/import', { body: new Blob([marked]).stream(), headers })
    const job = await finished(admin, again)
    expect(job).toMatchObject({ total: 1, failed: 1 })
    for (const file of ['file=results&format=csv', 'file=failures']) {
      const [with_, without] = [await fileOf(admin, job, `${file}&bom=true`), await fileOf(admin, job, file)]
      expect([...(await bytesOf(with_))]).toEqual([...bom, ...(await bytesOf(without))])
    }
    for (const path of [`/admin/users/export?bom=true`, `/admin/jobs/${job.id}/results?bom=true`]) {
      const refused = await callAdmin(admin, 'GET', path)
      expect([refused.status, await refused.json()]).toMatchObject([400, { errors: [{ parameter: 'bom' }] }])
    }
  })

  it('needs its own permission, and asks again for each page', async () => {
    const service = await addServiceAccount(['admin:users:read'])
    expect((await callAdmin(service, 'GET', '/admin/users/export')).status).toBe(403)
  })
})
