/** The admin API of webhooks: who may do what, what it refuses, and that no secret leaves it twice. */
import { env } from 'cloudflare:test'
import { eq, sql } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import type { Permission } from '../../../src/access/permissions.ts'
import { createRunBatch } from '../../../src/db/run-batch.ts'
import {
  auditEvents,
  roles,
  users,
  webhookDeliveries,
  webhookEndpoints,
  webhookKeys,
} from '../../../src/db/schema.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { tidyWebhooks } from '../../../src/webhooks/tidy-webhooks.store.ts'
import { testDatabase } from '../../fakes/database.ts'
import {
  breakOutbox,
  type CreatedWebhook,
  call,
  deliver,
  dispatch,
  happen,
  mendOutbox,
  openWebhook,
  outboxOf,
  ringsAt,
  runFor,
  withWebhooks,
} from '../../webhooks/webhook-under-test.ts'
import { addAdmin, addServiceAccount, callAdmin, type TestActor } from '../../worker/admin-client.ts'
import { hearLog } from '../../worker/hear-log.ts'
import { createVerifier } from './verify.ts'

withWebhooks()

const log = hearLog()

const hour = 3_600_000
const body = { name: 'Billing', url: 'https://billing.example.com/hooks', event_types: ['user.*'] }

/** A person with these permissions alone, or a token for these alone. */
async function limited(permissions: readonly Permission[]): Promise<TestActor> {
  const name = `role-${uuidv7().slice(-12)}`
  await testDatabase()
    .insert(roles)
    .values({ name, description: 'test', permissions: [...permissions] })
  return addAdmin({ roles: [name] })
}

const create = (actor: TestActor, changed: Record<string, unknown> = {}, headers = {}) =>
  call(actor, 'POST', '/admin/webhooks', { ...body, ...changed }, headers)

async function created(actor: TestActor, changed: Record<string, unknown> = {}): Promise<CreatedWebhook> {
  const response = await create(actor, changed)
  expect(response.status, await response.clone().text()).toBe(201)
  return (await response.json()) as CreatedWebhook
}

const writes: readonly (readonly [string, string, unknown?])[] = [
  ['PATCH', '', { name: 'x' }],
  ['DELETE', ''],
  ['POST', '/enable'],
  ['POST', '/disable'],
  ['POST', '/rotate-secret', {}],
  ['POST', '/test'],
  ['POST', '/replay', { from: '2026-01-01T00:00:00Z' }],
]

describe('who may do what', () => {
  it('takes webhooks:write and audit:read: an endpoint gets what the trail shows', async () => {
    const both = await limited(['admin:webhooks:write', 'admin:audit:read'])
    expect((await create(both)).status).toBe(201)
    // Attack: somebody who may manage webhooks, and not read the trail, sends it to themselves.
    expect((await create(await limited(['admin:webhooks:write']))).status).toBe(403)
    expect((await create(await limited(['admin:audit:read', 'admin:webhooks:read']))).status).toBe(403)
    // The same of the token: a program that was lent less than its person has.
    expect((await create(await addAdmin({ scopes: ['admin:webhooks:write'] }))).status).toBe(403)
    const [count] = await testDatabase().select({ count: sql`count(*)::int` }).from(webhookEndpoints)
    expect(count).toEqual({ count: 1 })
  })

  it('a service account needs both scopes too', async () => {
    const account = await addServiceAccount(['admin:webhooks:write', 'admin:audit:read'])
    const { id } = await created(account)
    const answer = await call(await addAdmin(), 'GET', `/admin/webhooks/${id}`)
    expect(await answer.json()).toMatchObject({ answers_for_it: { type: 'client', id: account.id } })
    expect((await create(await addServiceAccount(['admin:webhooks:write']))).status).toBe(403)
  })

  it('whoever may only look changes nothing', async () => {
    const { id } = await created(await addAdmin())
    const auditor = await addAdmin({ roles: ['auditor'] })
    expect((await call(auditor, 'GET', `/admin/webhooks/${id}`)).status).toBe(200)
    expect((await call(auditor, 'GET', `/admin/webhooks/${id}/deliveries`)).status).toBe(200)
    for (const [method, path, payload] of writes) {
      const answer = await call(auditor, method, `/admin/webhooks/${id}${path}`, payload, { 'if-match': '*' })
      expect(answer.status, `${method} ${path}`).toBe(403)
    }
    expect((await call(await limited(['admin:users:read']), 'GET', '/admin/webhooks')).status).toBe(403)
    const types = '/admin/webhooks/event-types'
    expect((await call(await limited(['admin:users:read']), 'GET', types)).status).toBe(403)
  })

  // Attack: whoever may not read the trail leads somebody else's endpoint to themselves.
  it('changing, enabling and replaying take audit:read as well', async () => {
    const { id } = await created(await addAdmin())
    const writer = await limited(['admin:webhooks:write'])
    for (const [method, path, payload] of writes) {
      if (!['', '/enable', '/replay'].includes(path) || method === 'DELETE') continue
      const answer = await call(writer, method, `/admin/webhooks/${id}${path}`, payload, { 'if-match': '*' })
      expect(answer.status, `${method} ${path}`).toBe(403)
    }
  })

  // Attack: whoever may not read the trail follows a person by what is delivered.
  it('deliveries tell of the trail: looking at them and sending one again take audit:read as well', async () => {
    const webhook = await openWebhook()
    const event = await happen()
    await dispatch()
    await deliver(webhook.id)
    const one = `${webhook.path}/deliveries/${event.id}`
    const nobody = `${webhook.path}/deliveries/${uuidv7()}`
    const asked = [
      ['GET', `${webhook.path}/deliveries`, 200],
      ['GET', `${webhook.path}/deliveries?subject=user:${event.user_id}`, 200],
      ['GET', one, 200],
      ['GET', nobody, 404],
      ['POST', `${one}/replay`, 204],
      ['POST', `${nobody}/replay`, 404],
    ] as const
    const statuses = async (actor: TestActor) => {
      const answers = []
      for (const [method, path] of asked) answers.push((await call(actor, method, path)).status)
      return answers
    }
    const both = ['admin:webhooks:read', 'admin:webhooks:write'] as const
    // What exists and what does not look the same.
    const refused = asked.map(() => 403)
    expect(await statuses(await limited(both))).toEqual(refused)
    expect(await statuses(await addAdmin({ scopes: [...both] }))).toEqual(refused)
    expect(await statuses(await addServiceAccount([...both]))).toEqual(refused)
    await deliver(webhook.id)
    expect(await webhook.seen()).toHaveLength(1)
    const all = [...both, 'admin:audit:read'] as const
    expect(await statuses(await limited(all))).toEqual(asked.map(([, , status]) => status))
    // The endpoints themselves are no part of the trail.
    expect((await call(await limited(both), 'GET', webhook.path)).status).toBe(200)
  })

  it('an endpoint ends with the rights of whoever answers for it, and another administrator takes it over', async () => {
    const owner = await limited(['admin:webhooks:write', 'admin:audit:read'])
    const webhook = await openWebhook({}, owner)
    await happen()
    await dispatch()
    await testDatabase().update(users).set({ roles: [] }).where(eq(users.id, owner.id))
    // What waits already is not sent either.
    await deliver(webhook.id)
    expect(await webhook.seen()).toEqual([])
    await happen()
    await dispatch()
    await runFor(webhook.id, hour)
    expect(await webhook.seen()).toEqual([])
    expect(await webhook.read()).toMatchObject({ enabled: false, disabled_reason: 'authority_lost' })
    const events = await testDatabase()
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.type, 'webhook.disabled'))
    expect(events.filter(({ entity_id }) => entity_id === webhook.id)).toMatchObject([
      { data: { reason: 'authority_lost' }, actor_type: 'system' },
    ])
    const other = await addAdmin()
    expect((await call(other, 'POST', `${webhook.path}/enable`)).status).toBe(204)
    const event = await happen()
    await dispatch()
    await deliver(webhook.id)
    expect((await webhook.seen()).map(({ headers }) => headers['webhook-id'])).toEqual([event.id])
    expect(await webhook.read()).toMatchObject({ answers_for_it: { type: 'user', id: other.id } })
  })

  it('a replay ends with the rights of whoever ordered it', async () => {
    const webhook = await openWebhook()
    await happen()
    await dispatch()
    await deliver(webhook.id)
    const helper = await limited(['admin:webhooks:write', 'admin:audit:read'])
    const from = new Date(Date.now() - hour).toISOString()
    expect((await call(helper, 'POST', `${webhook.path}/replay`, { from, only: 'all' })).status).toBe(200)
    await testDatabase().update(users).set({ status: 'disabled' }).where(eq(users.id, helper.id))
    await runFor(webhook.id, hour)
    expect(await webhook.seen()).toHaveLength(1)
    // Attack: the right to read the trail is taken away, the one to manage webhooks stays.
    const reader = await limited(['admin:webhooks:write', 'admin:audit:read'])
    expect((await call(reader, 'POST', `${webhook.path}/replay`, { from, only: 'all' })).status).toBe(200)
    const [fewer] = await testDatabase()
      .select({ roles: users.roles })
      .from(users)
      .where(eq(users.id, (await limited(['admin:webhooks:write'])).id))
    await testDatabase()
      .update(users)
      .set({ roles: fewer?.roles ?? [] })
      .where(eq(users.id, reader.id))
    await runFor(webhook.id, hour)
    expect(await webhook.seen()).toHaveLength(1)
  })

  it('unknown, malformed and deleted endpoints look the same', async () => {
    const admin = await addAdmin()
    for (const id of [uuidv7(), 'nonsense', '%00']) {
      for (const [method, path, payload] of [['GET', ''] as const, ...writes]) {
        const answer = await call(admin, method, `/admin/webhooks/${id}${path}`, payload, { 'if-match': '*' })
        expect(answer.status, `${method} ${id}${path}`).toBe(404)
      }
    }
  })
})

describe('where events may be sent', () => {
  // Attack: the server is made to call what only it can reach (SSRF).
  it.each([
    'http://billing.example.com/hooks',
    'https://127.0.0.1/x',
    'https://localhost/x',
    'https://2130706433/x',
    'https://0x7f.1/x',
    'https://0177.0.0.1/x',
    'https://１２７.0.0.1/x',
    'https://[::1]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://[64:ff9b::7f00:1]/x',
    'https://[fd00::1]/x',
    'https://10.0.0.1/x',
    'https://172.16.3.4/x',
    'https://192.168.1.1/x',
    'https://100.64.0.1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://metadata.google.internal/x',
    'https://router.local/x',
    'https://intranet/x',
    'https://billing.example.com:8443/x',
    'https://user:secret@billing.example.com/x',
    'https://auth.test/admin/users',
    'https://auth.test./oauth/token',
    'https://billing.example.com/hooks#part',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'nonsense',
  ])('not to %s', async (url) => {
    const admin = await addAdmin()
    // Not the helper, which allows loopback.
    const answer = await callAdmin(admin, 'POST', '/admin/webhooks', { body: { ...body, url } })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ errors: [{ pointer: '#/url' }] })
    const { id } = await created(admin)
    const headers = { 'if-match': '*' }
    const changed = await callAdmin(admin, 'PATCH', `/admin/webhooks/${id}`, { body: { url }, headers })
    expect(changed.status).toBe(400)
  })

  it('an address that has become private since is not called', async () => {
    const webhook = await openWebhook()
    await happen()
    await dispatch()
    // Loopback is for development.
    await deliver(webhook.id, env)
    expect(await webhook.seen()).toEqual([])
  })
})

describe('creating and changing', () => {
  it('refuses what it does not know', async () => {
    const admin = await addAdmin()
    for (const [changed, pointer] of [
      [{ event_types: [] }, '#/event_types'],
      [{ event_types: ['user.creatd'] }, '#/event_types/0'],
      [{ event_types: ['token.issued'] }, '#/event_types/0'],
      [{ name: '' }, '#/name'],
      [{ name: 'a\nb' }, '#/name'],
      [{ user_ids: [] }, '#/user_ids'],
      [{ kind: 'listener' }, '#/kind'],
      [{ after_position: 0 }, '#/after_position'],
    ] as const) {
      const answer = await create(admin, changed)
      expect(answer.status, JSON.stringify(changed)).toBe(400)
      expect(await answer.json()).toMatchObject({ errors: [{ pointer }] })
    }
  })

  it('has an effect once with an Idempotency-Key, and the same secret', async () => {
    const admin = await addAdmin()
    const headers = { 'idempotency-key': uuidv7() }
    const [first, again] = [await create(admin, {}, headers), await create(admin, {}, headers)]
    expect(await again.json()).toEqual(await first.json())
    const [count] = await testDatabase().select({ count: sql`count(*)::int` }).from(webhookEndpoints)
    expect(count).toEqual({ count: 1 })
  })

  it('changes what is named, with a version, and leaves the rest', async () => {
    const admin = await addAdmin()
    const { id } = await created(admin, { outcome: 'failure', user_ids: [admin.id] })
    const path = `/admin/webhooks/${id}`
    expect((await call(admin, 'PATCH', path, { name: 'B' })).status).toBe(428)
    const changed = await call(admin, 'PATCH', path, { outcome: null, name: 'B' }, { 'if-match': '"1"' })
    expect(changed.status, await changed.clone().text()).toBe(200)
    expect(changed.headers.get('etag')).toBe('"2"')
    expect(await changed.json()).toMatchObject({ name: 'B', outcome: null, user_ids: [admin.id] })
    expect((await call(admin, 'PATCH', path, { name: 'C' }, { 'if-match': '"1"' })).status).toBe(412)
  })

  it('there are fifty at most', async () => {
    const admin = await addAdmin()
    const { id } = await created(admin)
    await testDatabase().execute(sql`
      insert into webhook_endpoints (id, name, url, event_types, authorized, after_position)
      select gen_random_uuid(), name, url, event_types, authorized, 0
      from webhook_endpoints, generate_series(1, 48) where id = ${id}::uuid`)
    const answers = await Promise.all([create(admin), create(admin), create(admin)])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  })
})

describe('keys', () => {
  it('are shown once and are nowhere else: no answer, event, log line or column has them', async () => {
    const admin = await addAdmin()
    const webhook = await openWebhook({ event_types: ['*'] }, admin)
    const rotated = (await (await call(admin, 'POST', `${webhook.path}/rotate-secret`, {})).json()) as {
      secret: string
    }
    await happen()
    await dispatch()
    await deliver(webhook.id)
    const rows = await Promise.all(
      [webhookEndpoints, webhookKeys, webhookDeliveries, auditEvents].map((table) =>
        testDatabase().select().from(table),
      ),
    )
    const answers = await Promise.all(
      ['', '/deliveries'].map(async (path) => (await call(admin, 'GET', webhook.path + path)).text()),
    )
    const everything = JSON.stringify([
      rows,
      answers,
      log.texts,
      (await webhook.seen()).map(({ body }) => body),
    ])
    expect(everything).not.toMatch(/whsec_|whsk_/)
    for (const secret of [webhook.secret, rotated.secret])
      expect(everything).not.toContain(secret.slice('whsec_'.length))
  })

  it('sign together while they overlap; then the new ones alone', async () => {
    const admin = await addAdmin()
    const webhook = await openWebhook({}, admin)
    const answer = await call(admin, 'POST', `${webhook.path}/rotate-secret`, { overlap_seconds: 3600 })
    const { secret } = (await answer.json()) as { secret: string }
    await happen()
    await dispatch()
    await deliver(webhook.id)
    const [request] = await webhook.seen()
    await createVerifier(webhook.secret)(request)
    await createVerifier(secret)(request)
    const view = (await webhook.read()) as { keys: { expires_at: string | null }[] }
    expect(view.keys.map(({ expires_at }) => expires_at === null)).toEqual([true, false])

    await call(admin, 'POST', `${webhook.path}/rotate-secret`, { overlap_seconds: 0 })
    // The clock of Postgres.
    await testDatabase()
      .update(webhookKeys)
      .set({ expires_at: new Date(0) })
      .where(sql`expires_at is not null`)
    await happen()
    await dispatch()
    await deliver(webhook.id)
    const last = (await webhook.seen()).at(-1)
    await expect(createVerifier(webhook.secret)(last)).rejects.toThrow()
    await expect(createVerifier(secret)(last)).rejects.toThrow()
  })

  it('are three at most, whatever is asked at once', async () => {
    const admin = await addAdmin()
    const webhook = await openWebhook({}, admin)
    const rotate = () => call(admin, 'POST', `${webhook.path}/rotate-secret`, { overlap_seconds: 3600 })
    const answers = await Promise.all(Array.from({ length: 5 }, rotate))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409, 409])
  })

  // Attack: whoever can write to the database signs with a key of an endpoint of theirs.
  it('of another endpoint open nothing', async () => {
    const [one, other] = [await openWebhook(), await openWebhook()]
    await testDatabase().delete(webhookKeys).where(eq(webhookKeys.webhook_id, one.id))
    await testDatabase()
      .update(webhookKeys)
      .set({ webhook_id: one.id })
      .where(eq(webhookKeys.webhook_id, other.id))
    await happen()
    await dispatch()
    await deliver(one.id)
    expect(await one.seen()).toEqual([])
    expect(await one.log()).toMatchObject([{ status: 'waiting', reason: 'error' }])
  })
})

describe('sending again', () => {
  it('a test goes to this endpoint alone, whatever its filter', async () => {
    const [webhook, other] = [
      await openWebhook({ event_types: ['session.ended'] }),
      await openWebhook({ event_types: ['*'] }),
    ]
    const answer = await call(webhook.admin, 'POST', `${webhook.path}/test`)
    const { event_id } = (await answer.json()) as { event_id: string }
    await dispatch()
    for (const { id } of [webhook, other]) await deliver(id)
    const [request, ...more] = await webhook.seen()
    expect(more).toEqual([])
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ type: 'webhook.test', data: { id: event_id } })
    expect((await other.seen()).map(({ headers }) => headers['webhook-id'])).not.toContain(event_id)
    expect(await webhook.log()).toMatchObject([{ event_id, status: 'delivered', sequence: 0 }])
    const again = await call(webhook.admin, 'POST', `${webhook.path}/deliveries/${event_id}/replay`)
    expect(again.status).toBe(409)
  })

  it('one delivery, under the same id', async () => {
    const webhook = await openWebhook()
    const event = await happen()
    await dispatch()
    await deliver(webhook.id)
    const path = `${webhook.path}/deliveries/${event.id}`
    expect((await call(webhook.admin, 'POST', `${path}/replay`)).status).toBe(204)
    await deliver(webhook.id)
    expect((await webhook.seen()).map(({ headers }) => headers['webhook-id'])).toEqual([event.id, event.id])
    expect(await (await call(webhook.admin, 'GET', path)).json()).toMatchObject({ status: 'delivered' })
    const unknown = await call(webhook.admin, 'POST', `${webhook.path}/deliveries/${uuidv7()}/replay`)
    expect(unknown.status).toBe(404)
  })

  it('what failed, what was missed, or all of a range', async () => {
    // The database has events of other tests.
    const user_id = uuidv7()
    const webhook = await openWebhook({ user_ids: [user_id] })
    const delivered = await happen({ user_id })
    await dispatch()
    await deliver(webhook.id)
    const cancelled = await happen({ user_id })
    await dispatch()
    const path = (rest: string) => `${webhook.path}/${rest}`
    expect((await call(webhook.admin, 'POST', path('disable'))).status).toBe(204)
    await deliver(webhook.id)
    const missed = await happen({ user_id })
    await dispatch()
    expect((await call(webhook.admin, 'POST', path('replay'), { from: '2026-01-01T00:00:00Z' })).status).toBe(
      409,
    )
    expect((await call(webhook.admin, 'POST', path('enable'))).status).toBe(204)

    const from = new Date(Date.now() - hour).toISOString()
    const replay = async (only: string) => {
      const before = (await webhook.seen()).length
      const answer = await call(webhook.admin, 'POST', path('replay'), { from, only })
      expect(answer.status, await answer.clone().text()).toBe(200)
      await runFor(webhook.id, 10_000)
      return (await webhook.seen()).slice(before).map(({ headers }) => headers['webhook-id'])
    }
    expect(await replay('failed')).toEqual([cancelled.id])
    expect(await replay('missed')).toEqual([missed.id])
    expect(new Set(await replay('all'))).toEqual(new Set([delivered.id, cancelled.id, missed.id]))
    const wrong = await call(webhook.admin, 'POST', path('replay'), { from: '2099-01-01T00:00:00Z' })
    expect(wrong.status).toBe(400)
  })

  it('a long range, page by page', async () => {
    const webhook = await openWebhook()
    await testDatabase().execute(sql`
      insert into audit_events (id, type, occurred_at, outcome, actor_type, user_id)
      select gen_random_uuid(), 'user.updated', now() - interval '1 hour', 'success', 'system', 'many'
      from generate_series(1, 450)`)
    const from = new Date(Date.now() - 48 * hour).toISOString()
    await call(webhook.admin, 'POST', `${webhook.path}/replay`, { from, only: 'all' })
    await runFor(webhook.id, 60_000)
    const seen = (await webhook.seen()).filter(({ body }) => body.includes('"many"'))
    expect(new Set(seen.map(({ headers }) => headers['webhook-id'])).size).toBe(450)
    expect(seen).toHaveLength(450)
  })

  // Attack: a receiver that is down, and a long replay, keep our object ringing without a pause.
  it('a long range to a receiver that is down waits for it', async () => {
    const user_id = uuidv7()
    const webhook = await openWebhook({ user_ids: [user_id] })
    await testDatabase().execute(sql`
      insert into audit_events (id, type, occurred_at, outcome, actor_type, user_id)
      select gen_random_uuid(), 'user.updated', now() - interval '1 hour', 'success', 'system', ${user_id}
      from generate_series(1, 450)`)
    await webhook.set('down')
    const from = new Date(Date.now() - 48 * hour).toISOString()
    await call(webhook.admin, 'POST', `${webhook.path}/replay`, { from, only: 'all' })
    await deliver(webhook.id)
    expect(await webhook.seen()).not.toEqual([])
    expect(await ringsAt(outboxOf(webhook.id))).toBeGreaterThan(Date.now())
    await webhook.set('up')
    await runFor(webhook.id, hour)
    expect(new Set((await webhook.seen()).map(({ headers }) => headers['webhook-id'])).size).toBe(450)
  })
})

/** What the trail tells of orders to an endpoint, once its object has rung. */
async function ordersInTrail(webhookId: string) {
  await runFor(webhookId, 10_000)
  const events = await testDatabase()
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.entity_id, webhookId))
    .orderBy(auditEvents.position)
  return events.filter(({ type }) => type === 'webhook.tested' || type === 'webhook.replayed')
}

it('the trail tells each order once, who gave it and what it was', async () => {
  const webhook = await openWebhook()
  const event = await happen()
  await dispatch()
  await deliver(webhook.id)
  const from = new Date(Date.now() - hour).toISOString()
  // The same request twice is one order.
  const key = uuidv7()
  for (const [path, body] of [
    ['test'],
    ['test'],
    [`deliveries/${event.id}/replay`],
    ['replay', { from, only: 'all' }],
  ] as const) {
    const headers = { 'idempotency-key': path === 'test' ? key : uuidv7() }
    const answer = await call(webhook.admin, 'POST', `${webhook.path}/${path}`, body, headers)
    expect(answer.status, path).toBeLessThan(300)
  }
  const told = await ordersInTrail(webhook.id)
  expect(told.map(({ type, data }) => [type, data])).toEqual([
    ['webhook.tested', {}],
    ['webhook.replayed', { filters: { event_id: event.id } }],
    ['webhook.replayed', { filters: expect.objectContaining({ from, only: 'all' }) }],
  ])
  for (const { actor_id, entity_type } of told)
    expect([actor_id, entity_type]).toEqual([webhook.admin.id, 'webhook'])
})

describe('an order with an Idempotency-Key', () => {
  /** An endpoint that got an event. */
  async function opened() {
    // The database has events of other tests.
    const user_id = uuidv7()
    const webhook = await openWebhook({ user_ids: [user_id] })
    const event = await happen({ user_id })
    // A range ends before the moment when it is ordered.
    vi.setSystemTime(Date.now() + 1000)
    await dispatch()
    await deliver(webhook.id)
    return { webhook, event }
  }
  const idsOf = async ({ seen }: Awaited<ReturnType<typeof openWebhook>>) =>
    (await seen()).map(({ headers }) => headers['webhook-id'])

  it.each<[string, 'deliveries' | 'replays', (eventId: string) => [path: string, body?: unknown]]>([
    ['a test', 'deliveries', () => ['test']],
    ['a delivery', 'deliveries', (id) => [`deliveries/${id}/replay`]],
    ['a range', 'replays', () => ['replay', { from: '2020-01-01T00:00:00Z', only: 'all' }]],
  ])(
    '%s that did not reach the outbox reaches it when the request is repeated, and once',
    async (_name, table, of) => {
      const { webhook, event } = await opened()
      await breakOutbox(webhook.id, table)
      const headers = { 'idempotency-key': uuidv7() }
      const [rest, sent] = of(event.id)
      const order = () => call(webhook.admin, 'POST', `${webhook.path}/${rest}`, sent, headers)
      expect((await order()).status).toBe(500)
      await mendOutbox(webhook.id)
      const first = await order()
      expect(first.status, await first.clone().text()).toBeLessThan(300)
      await runFor(webhook.id, 10_000)
      const afterwards = await idsOf(webhook)
      expect(afterwards.length).toBeGreaterThan(1)
      const again = await order()
      expect([again.status, await again.text()]).toEqual([first.status, await first.text()])
      await runFor(webhook.id, 10_000)
      expect(await idsOf(webhook)).toEqual(afterwards)
    },
  )

  it('a replay that was refused is refused until there is room for it: then it begins', async () => {
    const { webhook, event } = await opened()
    const from = new Date(Date.now() - 48 * hour).toISOString()
    const replay = (headers: Record<string, string> = {}) =>
      call(webhook.admin, 'POST', `${webhook.path}/replay`, { from, only: 'all' }, headers)
    for (let count = 0; count < 10; count++) expect((await replay()).status).toBe(200)
    const headers = { 'idempotency-key': uuidv7() }
    expect([(await replay(headers)).status, (await replay(headers)).status]).toEqual([503, 503])
    // What was refused has not happened.
    expect(await ordersInTrail(webhook.id)).toHaveLength(10)
    await runFor(webhook.id, 60_000)
    const before = (await idsOf(webhook)).filter((id) => id === event.id).length
    expect((await replay(headers)).status).toBe(200)
    expect(await ordersInTrail(webhook.id)).toHaveLength(11)
    await runFor(webhook.id, 60_000)
    expect((await idsOf(webhook)).filter((id) => id === event.id)).toHaveLength(before + 1)
  })
})

// Attack: an administrator, or a script that has gone wild, fills the storage.
it('tests and single replays wait within the limit of all events', async () => {
  const webhook = await openWebhook()
  const old = await happen()
  await dispatch()
  await deliver(webhook.id)
  const events = Array.from({ length: 10_000 }, (_, index) => ({
    ...{ event_id: uuidv7(), position: 1_000_000 + index, type: 'user.created', subject: null },
  }))
  await outboxOf(webhook.id).enqueue({
    ...{ webhook_id: webhook.id, kind: 'endpoint', up_to: 2_000_000, events },
  })
  for (const path of ['test', `deliveries/${old.id}/replay`]) {
    const answer = await call(webhook.admin, 'POST', `${webhook.path}/${path}`)
    expect([path, answer.status]).toEqual([path, 503])
  }
  await webhook.set('down')
  expect(await ordersInTrail(webhook.id)).toEqual([])
})

describe('the log', () => {
  it('is filtered and paged, newest first', async () => {
    const webhook = await openWebhook()
    for (let count = 0; count < 3; count++)
      await happen({ type: count === 1 ? 'user.updated' : 'user.created' })
    await dispatch()
    await deliver(webhook.id)
    const read = async (query: string) =>
      (await (await call(webhook.admin, 'GET', `${webhook.path}/deliveries?${query}`)).json()) as {
        items: { type: string }[]
        page_info: { next_cursor: string | null }
      }
    expect((await read('type=user.updated')).items).toHaveLength(1)
    expect((await read('status=delivered')).items).toHaveLength(3)
    expect((await read('status=waiting')).items).toHaveLength(0)
    const first = await read('limit=2')
    expect(first.items).toHaveLength(2)
    expect((await read(`limit=2&cursor=${first.page_info.next_cursor}`)).items).toHaveLength(1)
    const other = await openWebhook()
    expect(await other.log()).toEqual([])
  })

  it('and listeners that are gone are forgotten by the cron job, which also wakes the dispatcher', async () => {
    const webhook = await openWebhook()
    const old = [await happen(), await happen(), await happen()]
    const young = await happen()
    await dispatch()
    await deliver(webhook.id)
    for (const { id } of old) {
      const back = sql`update webhook_deliveries set updated_at = now() - interval '31 days' where event_id = ${id}`
      await testDatabase().execute(back)
    }
    let nudged = 0
    const needs = {
      runBatch: createRunBatch(testDatabase()),
      days: async () => 30,
      nudge: async () => void nudged++,
    }
    // In more than one batch.
    await tidyWebhooks(needs, 2)
    expect((await webhook.log()).map(({ event_id }) => event_id)).toEqual([young.id])
    expect(nudged).toBe(1)
  })
})
