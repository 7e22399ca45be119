import {
  createExecutionContext,
  env,
  evictDurableObject,
  listDurableObjectIds,
  runDurableObjectAlarm,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { createAppendEvents } from '../../src/audit/audit-outbox.object.ts'
import { createEvent } from '../../src/audit/create-event.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { insertEvents } from '../../src/audit/insert-events.store.ts'
import { encodeEvents } from '../../src/audit/outbox.ts'
import { createRecordEvent } from '../../src/audit/record-event.ts'
import { grant, login, origin, redemption, rotation, start, userId } from '../sessions/examples.ts'
import { forwardedEvents, sessionsOf, stubOf, waitingEvents } from '../sessions/object-subject.ts'
import { database, deliveredEvents, setPostgresReachable } from './delivered-events.ts'

const newSubject = (): string => crypto.randomUUID()
const ids = (events: readonly { readonly id: string }[]): string[] =>
  events.map((event) => event.id).toSorted()

async function signedInWithGrant(): Promise<{ subject: string; events: AuditEvent[] }> {
  const subject = newSubject()
  await sessionsOf(subject).recordLogin(login())
  await sessionsOf(subject).redeemCode(redemption(grant()))
  return { subject, events: await waitingEvents(subject) }
}

const serviceEvent = (index = 0): AuditEvent =>
  createEvent('token.issued', start + index, origin, {
    outcome: 'success',
    actor_type: 'client',
    actor_id: 'svc',
    client_id: 'svc',
    data: { grant_type: 'client_credentials', index },
  })

describe('the outbox of an object', () => {
  it('delivers events with all their columns and forgets them then', async () => {
    const { subject, events } = await signedInWithGrant()
    expect(await runDurableObjectAlarm(stubOf(subject))).toBe(true)
    const [session, token] = await deliveredEvents(events)
    expect(session).toMatchObject({
      id: events[0]?.id,
      type: 'session.created',
      outcome: 'success',
      actor_type: 'user',
      actor_id: userId,
      user_id: userId,
      client_id: null,
      session_id: 'session-1',
      ip: '192.0.2.7',
      user_agent: 'test',
      request_id: 'request-1',
      data: { acr: 'urn:authly:acr:pwd', amr: ['pwd'] },
    })
    expect(new Date(session?.occurred_at as string | number | Date).getTime()).toBe(start)
    expect(token).toMatchObject({ type: 'token.issued', client_id: 'web', data: { scopes: grant().scopes } })
    expect(await waitingEvents(subject)).toEqual([])
  })

  it('keeps events while Postgres is away, and each arrives once when it is back', async () => {
    const { subject, events } = await signedInWithGrant()
    await setPostgresReachable(stubOf(subject), false)
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await runDurableObjectAlarm(stubOf(subject))).toBe(true)
    }
    await sessionsOf(subject).rotateRefresh(rotation('token-0', 'token-1'))
    expect(await deliveredEvents(events)).toEqual([])
    const waiting = await waitingEvents(subject)
    expect(waiting.map((event) => event.type)).toEqual(['session.created', 'token.issued', 'token.refreshed'])

    await setPostgresReachable(stubOf(subject), true)
    expect(await runDurableObjectAlarm(stubOf(subject))).toBe(true)
    expect(ids(await deliveredEvents(waiting))).toEqual(ids(waiting))
    expect(await waitingEvents(subject)).toEqual([])
  })

  it('sends what somebody may be watching for before what is routine', async () => {
    const { subject } = await signedInWithGrant()
    const ringsAt = () => runInDurableObject(stubOf(subject), (_, { storage }) => storage.getAlarm())
    await runDurableObjectAlarm(stubOf(subject))
    await sessionsOf(subject).rotateRefresh(rotation('token-0', 'token-1'))
    const routine = await ringsAt()
    await sessionsOf(subject).recordLogin(login({ password_ok: false }))
    expect(await ringsAt()).toBeLessThan(routine as number)
  })

  it('hands routine events to the caller and keeps them until the sweep, so that a lost isolate loses none', async () => {
    const { subject } = await signedInWithGrant()
    await runDurableObjectAlarm(stubOf(subject))
    await sessionsOf(subject).rotateRefresh(rotation('token-0', 'token-1'))
    const [kept] = await waitingEvents(subject)
    const forwarded = forwardedEvents.filter(({ id }) => id === kept?.id)
    expect(forwarded).toEqual([kept])

    await database().execute(insertEvents(forwarded))
    expect(await runDurableObjectAlarm(stubOf(subject))).toBe(true)
    expect(ids(await deliveredEvents(forwarded))).toEqual(ids(forwarded))
    expect(await waitingEvents(subject)).toEqual([])
  })

  it('hands the event of a sign-in over, and keeps it for the sweep', async () => {
    const subject = newSubject()
    await sessionsOf(subject).recordLogin(login())
    const events = await waitingEvents(subject)
    expect(events.map(({ type }) => type)).toEqual(['session.created'])
    expect(forwardedEvents).toEqual(expect.arrayContaining([...events]))
    const rings = await runInDurableObject(stubOf(subject), (_, { storage }) => storage.getAlarm())
    expect(rings).toBeGreaterThan(Date.now() + 3_000_000)
  })

  it('delivers an urgent change by itself, its routine events along with it', async () => {
    const subject = newSubject()
    await sessionsOf(subject).recordLogin(login())
    await sessionsOf(subject).redeemCode(redemption(grant()))
    const before = new Set(ids(await waitingEvents(subject)))
    await sessionsOf(subject).redeemCode(redemption(grant()))
    const reused = (await waitingEvents(subject)).filter(({ id }) => !before.has(id))
    expect(reused.map(({ type }) => type)).toContain('code.reused')
    const handedOver = new Set(forwardedEvents.map(({ id }) => id))
    expect(reused.filter(({ id }) => handedOver.has(id))).toEqual([])
  })

  it('does not push the sweep back when an evicted object writes again', async () => {
    const { subject } = await signedInWithGrant()
    const ringsAt = () => runInDurableObject(stubOf(subject), (_, { storage }) => storage.getAlarm())
    await runDurableObjectAlarm(stubOf(subject))
    await sessionsOf(subject).rotateRefresh(rotation('token-0', 'token-1'))
    const first = await ringsAt()
    await evictDurableObject(stubOf(subject))
    await sessionsOf(subject).rotateRefresh(rotation('token-1', 'token-2'))
    expect(await ringsAt()).toBe(first)
  })

  it('survives eviction between the change, a failed delivery and the next one', async () => {
    const { subject, events } = await signedInWithGrant()
    await evictDurableObject(stubOf(subject))
    await setPostgresReachable(stubOf(subject), false)
    expect(await runDurableObjectAlarm(stubOf(subject))).toBe(true)
    await evictDurableObject(stubOf(subject))
    expect(await runDurableObjectAlarm(stubOf(subject))).toBe(true)
    expect(ids(await deliveredEvents(events))).toEqual(ids(events))
  })

  it('delivers nothing twice when the object was evicted after Postgres took a batch', async () => {
    const { subject, events } = await signedInWithGrant()
    await database().execute(insertEvents(events))
    expect(await runDurableObjectAlarm(stubOf(subject))).toBe(true)
    expect(ids(await deliveredEvents(events))).toEqual(ids(events))
    expect(await waitingEvents(subject)).toEqual([])
  })

  it('keeps what happens during a delivery for the next one', async () => {
    const { subject, events } = await signedInWithGrant()
    const delivery = runDurableObjectAlarm(stubOf(subject))
    const meanwhile = Array.from({ length: 20 }, (_, index) =>
      sessionsOf(subject).recordLogin(login({ password_ok: false, now: start + index })),
    )
    await Promise.all([delivery, ...meanwhile])
    const all = [...events, ...(await waitingEvents(subject))]
    await runDurableObjectAlarm(stubOf(subject))
    expect(await waitingEvents(subject)).toEqual([])
    expect(ids(await deliveredEvents(all))).toEqual(ids(all))
  })

  it('is not stopped by text that Postgres cannot store', async () => {
    const subject = newSubject()
    const nasty = { ...origin, user_agent: 'nul \u0000, half a pair \ud83d, a backslash \\u0000, whole 😀' }
    await sessionsOf(subject).recordLogin(login({ origin: nasty }))
    const events = await waitingEvents(subject)
    await runDurableObjectAlarm(stubOf(subject))
    const [stored] = await deliveredEvents(events)
    expect(stored?.user_agent).toContain('whole 😀')
    expect(await waitingEvents(subject)).toEqual([])
  })
})

describe('AuditOutbox', () => {
  it('takes events from isolates and delivers more than one batch', async () => {
    const stub = env.AUDIT_OUTBOX.getByName(newSubject())
    const events = Array.from({ length: 1_150 }, (_, index) => serviceEvent(index))
    for (let from = 0; from < events.length; from += 200) {
      const chunk = events.slice(from, from + 200)
      await stub.append(encodeEvents(chunk), chunk.length)
    }
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect(ids(await deliveredEvents(events))).toEqual(ids(events))
  })

  it('is where the events of requests end that no user object owns', async () => {
    const context = createExecutionContext()
    const record = createRecordEvent({
      waitUntil: (work) => context.waitUntil(work),
      append: createAppendEvents(env.AUDIT_OUTBOX, { jurisdiction: undefined, locationHint: undefined }),
    })
    const events = Array.from({ length: 450 }, (_, index) => serviceEvent(index))
    for (const event of events) record(event)
    await waitOnExecutionContext(context)
    for (const id of await listDurableObjectIds(env.AUDIT_OUTBOX)) {
      await runDurableObjectAlarm(env.AUDIT_OUTBOX.get(id))
    }
    expect(ids(await deliveredEvents(events))).toEqual(ids(events))
  })

  it('delivers an event once that an isolate appended twice', async () => {
    const stub = env.AUDIT_OUTBOX.getByName(newSubject())
    const event = serviceEvent()
    await stub.append(encodeEvents([event]), 1)
    await stub.append(encodeEvents([event]), 1)
    await runDurableObjectAlarm(stub)
    expect(await deliveredEvents([event])).toHaveLength(1)
  })

  it('sets one alarm, and another one when Postgres is away', async () => {
    const stub = env.AUDIT_OUTBOX.getByName(newSubject())
    await stub.append(encodeEvents([serviceEvent()]), 1)
    const alarm = () => runInDurableObject(stub, (_, { storage }) => storage.getAlarm())
    const first = await alarm()
    await stub.append(encodeEvents([serviceEvent()]), 1)
    expect(await alarm()).toBe(first)
    await setPostgresReachable(stub, false)
    await runDurableObjectAlarm(stub)
    expect(await alarm()).not.toBeNull()
  })
})
