/** Listeners of `authly webhooks listen`: endpoints of one caller that ask for what they get. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { eq, sql } from 'drizzle-orm'
import { expect, it, vi } from 'vitest'
import { users, webhookEndpoints } from '../../../src/db/schema.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import { call, dispatch, evict, happen, outboxOf, withWebhooks } from '../../webhooks/webhook-under-test.ts'
import { addAdmin, type TestActor } from '../../worker/admin-client.ts'
import { createVerifier } from './verify.ts'

withWebhooks()

const path = '/admin/webhooks/listeners'

interface Taken {
  readonly items: readonly {
    readonly event_id: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }[]
}

async function listen(actor: TestActor, changed: Record<string, unknown> = { event_types: ['user.*'] }) {
  const answer = await call(actor, 'POST', path, changed)
  expect(answer.status, await answer.clone().text()).toBe(201)
  return (await answer.json()) as { id: string; secret: string; public_key: string }
}

const take = (actor: TestActor, id: string, body: Record<string, unknown> = {}) =>
  call(actor, 'POST', `${path}/${id}/take`, body)

async function taken(actor: TestActor, id: string, body: Record<string, unknown> = {}) {
  const answer = await take(actor, id, body)
  expect(answer.status, await answer.clone().text()).toBe(200)
  return ((await answer.json()) as Taken).items
}

it('hands out what an endpoint would get, signed, until it is received', async () => {
  const admin = await addAdmin()
  const { id, secret } = await listen(admin)
  await happen({ type: 'session.ended' })
  const event = await happen()
  await dispatch()
  const [item, ...more] = await taken(admin, id)
  expect(more).toEqual([])
  expect(item).toMatchObject({ event_id: event.id, headers: { 'webhook-id': event.id } })
  await createVerifier(secret)({
    method: 'POST',
    path: '',
    headers: item?.headers ?? {},
    body: item?.body ?? '',
  })
  // The answer may have got lost.
  await evict(outboxOf(id))
  expect(await taken(admin, id)).toHaveLength(1)
  expect(await taken(admin, id, { received: [event.id] })).toEqual([])
})

it('waits for what happens meanwhile', async () => {
  const admin = await addAdmin()
  const { id } = await listen(admin)
  const waiting = taken(admin, id, { wait_seconds: 20 })
  const event = await happen()
  await dispatch()
  expect((await waiting).map(({ event_id }) => event_id)).toEqual([event.id])
})

it('the secret is the caller’s: the same each time, and nobody else’s', async () => {
  const [admin, other] = [await addAdmin(), await addAdmin()]
  const [first, second] = [await listen(admin), await listen(admin)]
  expect(second.secret).toBe(first.secret)
  expect((await listen(other)).secret).not.toBe(first.secret)
  expect(Buffer.from(first.secret.slice('whsec_'.length), 'base64')).toHaveLength(32)
})

// Attack: somebody takes events in another's name, whose rights they do not have.
it('does not exist for anybody else, and is no endpoint', async () => {
  const [admin, other] = [await addAdmin(), await addAdmin()]
  const { id } = await listen(admin)
  expect((await take(other, id)).status).toBe(404)
  expect((await call(other, 'DELETE', `${path}/${id}`)).status).toBe(404)
  expect((await take(other, uuidv7())).status).toBe(404)
  for (const actor of [admin, other]) {
    expect((await call(actor, 'GET', `/admin/webhooks/${id}`)).status).toBe(404)
    expect((await call(actor, 'POST', `/admin/webhooks/${id}/test`)).status).toBe(404)
    expect(await (await call(actor, 'GET', '/admin/webhooks')).json()).toMatchObject({ items: [] })
  }
  expect((await call(await addAdmin({ roles: ['auditor'] }), 'POST', path, {})).status).toBe(403)
})

it('ends with the rights of its owner', async () => {
  const admin = await addAdmin()
  const { id } = await listen(admin)
  await happen()
  await dispatch()
  await testDatabase()
    .update(users)
    .set({ roles: ['auditor'] })
    .where(eq(users.id, admin.id))
  expect((await take(admin, id)).status).toBe(403)
  await happen()
  await dispatch()
  const [row] = await testDatabase().select().from(webhookEndpoints).where(eq(webhookEndpoints.id, id))
  expect(row).toMatchObject({ enabled: false, disabled_reason: 'authority_lost' })
})

it('is gone when it is ended, or has not asked for a while', async () => {
  const admin = await addAdmin()
  const [ended, forgotten] = [await listen(admin), await listen(admin)]
  expect((await call(admin, 'DELETE', `${path}/${ended.id}`)).status).toBe(204)
  expect((await take(admin, ended.id)).status).toBe(404)
  await happen()
  await dispatch()
  await testDatabase()
    .update(webhookEndpoints)
    .set({ expires_at: new Date(0) })
    .where(eq(webhookEndpoints.id, forgotten.id))
  expect((await take(admin, forgotten.id)).status).toBe(404)
  vi.setSystemTime(Date.now() + 600_000)
  await runDurableObjectAlarm(outboxOf(forgotten.id))
  const left = await runInDurableObject(outboxOf(forgotten.id), (_, { storage }) => [...storage.kv.list()])
  expect(left).toEqual([])
})

// Attack, or a lost connection: an object rings every few minutes for ever, for somebody who has gone away.
it('leaves nothing behind, also when its object is evicted meanwhile', async () => {
  const admin = await addAdmin()
  const [ended, forgotten] = [await listen(admin), await listen(admin)]
  await happen()
  await dispatch()
  const left = async (id: string) => {
    await evict(outboxOf(id))
    await runDurableObjectAlarm(outboxOf(id))
    return runInDurableObject(outboxOf(id), (_, { storage }) => [...storage.kv.list()].length)
  }
  expect((await call(admin, 'DELETE', `${path}/${ended.id}`)).status).toBe(204)
  expect(await left(ended.id)).toBe(0)
  expect(await left(forgotten.id)).toBeGreaterThan(0)
  vi.setSystemTime(Date.now() + 600_000)
  expect(await left(forgotten.id)).toBe(0)
})

it('keeps no more than an endpoint may have waiting, however long it does not ask', async () => {
  const { id } = await listen(await addAdmin())
  const events = Array.from({ length: 10_002 }, (_, index) => ({
    ...{ event_id: uuidv7(), position: index + 1, type: 'user.created', subject: null },
  }))
  await outboxOf(id).enqueue({ webhook_id: id, kind: 'listener', up_to: 10_002, events })
  const kept = await runInDurableObject(outboxOf(id), (_, { storage }) =>
    storage.sql.exec('SELECT count(*) AS count FROM deliveries').one(),
  )
  expect(kept).toEqual({ count: 10_000 })
})

it('there are five at most of a caller; those that are gone do not count', async () => {
  const admin = await addAdmin()
  for (let count = 0; count < 5; count++) await listen(admin)
  expect((await call(admin, 'POST', path, {})).status).toBe(409)
  await testDatabase()
    .update(webhookEndpoints)
    .set({ expires_at: new Date(0) })
  await listen(admin)
})

// Attack: many service accounts, each within its limit, make every event cost one call for each of their listeners.
it('there are a hundred at most in all, whoever asks at once; endpoints and those that are gone do not count', async () => {
  const [admin, other] = [await addAdmin(), await addAdmin()]
  const { id } = await listen(admin)
  const copy = (kind: string, ends: string, count: number) =>
    testDatabase().execute(sql`
      insert into webhook_endpoints (id, kind, name, url, event_types, authorized, after_position, expires_at)
      select gen_random_uuid(), ${kind}, name, ${kind === 'endpoint' ? 'https://a.example/' : null}::text, event_types,
        jsonb_set(authorized, '{actor,id}', to_jsonb('someone-' || number)), 0, ${ends}::timestamptz
      from webhook_endpoints, generate_series(1, ${count}::int) as number where id = ${id}::uuid`)
  await copy('listener', 'infinity', 98)
  await copy('listener', '-infinity', 10)
  await copy('endpoint', 'infinity', 10)
  const answers = await Promise.all([call(other, 'POST', path, {}), call(other, 'POST', path, {})])
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
  const refused = answers.find(({ status }) => status === 409)
  expect(await refused?.json()).toMatchObject({
    type: 'urn:authly:problem:too_many_listeners_in_all',
  })
  expect((await call(admin, 'DELETE', `${path}/${id}`)).status).toBe(204)
  await listen(other)
})
