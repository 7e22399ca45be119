/** Webhook endpoints of real receivers on loopback: made by the admin API, served by the real objects. */
import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeAll, beforeEach, vi } from 'vitest'
import type { AuditEvent } from '../../src/audit/event.ts'
import { insertEvents } from '../../src/audit/insert-events.store.ts'
import { webhookEndpoints } from '../../src/db/schema.ts'
import { delay } from '../../src/kit/delay.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import type { HandedPage } from '../../src/webhooks/outbox-port.ts'
import { testDatabase, useOwnDatabase } from '../fakes/database.ts'
import type { PartyBehaviour, SeenRequest } from '../fakes/relying-parties.ts'
import { addAdmin, callAdmin, type TestActor } from '../worker/admin-client.ts'
import { setBindings, wrappedIn } from '../worker/wrapped-object.ts'

const { TEST_RELYING_PARTIES_URL: receivers } = env as unknown as { TEST_RELYING_PARTIES_URL: string }

/** For each test of a file: its database, no endpoint of the test before, and alarms that ring when the test says so. */
export function withWebhooks(): void {
  // Endpoints get what happens anywhere.
  beforeAll(useOwnDatabase)
  // Loads the code of outboxes: under Vitest, objects that wake at once cannot wait for the same import.
  beforeAll(() => outboxOf('first').wake())
  // Ahead of the platform's clock: alarms do not ring by themselves.
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 }))
  afterEach(async () => {
    await testDatabase().delete(webhookEndpoints)
    vi.useRealTimers()
  })
}

/** With the database of this file, and loopback addresses allowed. */
export const bindings = (): Env => ({ ...env, AUTHLY_ALLOW_LOOPBACK_FETCH: 'true' }) as Env

export const dispatcher = () => env.WEBHOOK_DISPATCHER.getByName('dispatcher')
export const outboxOf = (id: string) => env.WEBHOOK_OUTBOX.getByName(id)

export const wire = (stub: DurableObjectStub, own: Env = bindings()) => setBindings(stub, own)

export const ringsAt = (stub: DurableObjectStub) =>
  runInDurableObject(stub, (_, { storage }) => storage.getAlarm())

/** Ends the object, which the platform may do between any two calls. */
export async function evict(stub: DurableObjectStub): Promise<void> {
  // It may have ended by itself.
  await runInDurableObject(stub, () => undefined)
  await evictDurableObject(stub)
}

/** From now on the outbox throws when it is to keep something. */
export const breakOutbox = (id: string, table: 'deliveries' | 'replays' = 'deliveries') =>
  runInDurableObject(outboxOf(id), (_, { storage }) => {
    storage.sql.exec(
      `CREATE TRIGGER broken BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'broken'); END`,
    )
  })

/** From now on the outbox does not answer when it is handed something. @returns lets what it was handed go on, and mends it */
export async function hangOutbox(id: string): Promise<() => Promise<void>> {
  let hangs = true
  type Taking = { enqueue?: (page: HandedPage) => Promise<void> }
  await runInDurableObject(outboxOf(id), (instance) => {
    const outbox = wrappedIn<Taking>(instance)
    const enqueue = outbox.enqueue?.bind(outbox)
    outbox.enqueue = async (page) => {
      while (hangs) await delay(50)
      return enqueue?.(page)
    }
  })
  return async () => {
    hangs = false
    await runInDurableObject(outboxOf(id), (instance) => {
      delete wrappedIn<Taking>(instance).enqueue
    })
  }
}

export const mendOutbox = (id: string) =>
  runInDurableObject(outboxOf(id), (_, { storage }) => void storage.sql.exec('DROP TRIGGER broken'))

/** Rings the dispatcher: what is new reaches the outboxes. */
export async function dispatch(own?: Env): Promise<void> {
  await wire(dispatcher(), own)
  await dispatcher().nudge()
  const at = await ringsAt(dispatcher())
  if (at !== null) vi.setSystemTime(Math.max(at, Date.now()))
  await runDurableObjectAlarm(dispatcher())
}

/** Rings the outbox once. */
export async function deliver(id: string, own?: Env): Promise<void> {
  await wire(outboxOf(id), own)
  await runDurableObjectAlarm(outboxOf(id))
}

/** Lets time pass until the outbox rings, again and again. */
export async function runFor(id: string, milliseconds: number): Promise<void> {
  const until = Date.now() + milliseconds
  for (;;) {
    const at = await ringsAt(outboxOf(id))
    if (at === null || at > until) break
    vi.setSystemTime(Math.max(at, Date.now()))
    await deliver(id)
  }
  vi.setSystemTime(until)
}

export const call = (actor: TestActor, method: string, path: string, body?: unknown, headers = {}) =>
  callAdmin(actor, method, path, { env: bindings(), headers, ...(body === undefined ? {} : { body }) })

export interface CreatedWebhook {
  readonly id: string
  readonly secret: string
  readonly url: string
  readonly keys: readonly { readonly public_key: string }[]
}

/** An endpoint of a receiver. */
export async function openWebhook(changed: Record<string, unknown> = {}, actor?: TestActor) {
  const admin = actor ?? (await addAdmin())
  const label = `hook-${uuidv7().slice(-12)}`
  const response = await call(admin, 'POST', '/admin/webhooks', {
    ...{ name: label, url: `${receivers}/${label}/in`, event_types: ['user.*'], ...changed },
  })
  if (response.status !== 201) throw new Error(await response.text())
  const webhook = (await response.json()) as CreatedWebhook
  return {
    ...webhook,
    admin,
    path: `/admin/webhooks/${webhook.id}`,
    set: async (behaviour: PartyBehaviour) => {
      await fetch(`${receivers}/set/${label}/${behaviour}`, { method: 'POST', body: '' })
    },
    seen: async () => (await (await fetch(`${receivers}/seen/${label}`)).json()) as SeenRequest[],
    /** The log of its deliveries, newest first. */
    log: async () => {
      // Tokens of before have expired by now.
      const path = `/admin/webhooks/${webhook.id}/deliveries?limit=200`
      const answer = await call(await addAdmin(), 'GET', path)
      return ((await answer.json()) as { items: Record<string, unknown>[] }).items
    },
    read: async () =>
      (await (await call(await addAdmin(), 'GET', `/admin/webhooks/${webhook.id}`)).json()) as Record<
        string,
        unknown
      >,
  }
}

/** From now on what is sent to Postgres with these words meets this first. @returns ends that */
export function meetStatements(words: string, meet: () => Promise<void>): () => void {
  const { fetch } = globalThis
  const fetching = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    if (String(init?.body).includes(words)) await meet()
    return fetch(input, init)
  })
  return () => fetching.mockRestore()
}

/** Writes an event to the trail, as an outbox does. */
export async function happen(changed: Partial<AuditEvent> = {}): Promise<AuditEvent> {
  const id = uuidv7()
  const event: AuditEvent = {
    ...{ id, type: 'user.created', occurred_at: Date.now(), outcome: 'success', actor_type: 'system' },
    ...{ user_id: uuidv7(), ...changed },
  }
  await testDatabase().execute(insertEvents([event]))
  return event
}
