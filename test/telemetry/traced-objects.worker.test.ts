/** The context of a trace crosses real Durable Objects, at once and after they were evicted. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env, tracing } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addObserver } from '../../src/telemetry/observe.ts'
import { tracedCall } from '../../src/telemetry/observed-objects.ts'
import { installTracer } from '../../src/telemetry/tracer.ts'
import { createNativeTracer } from '../../src/telemetry/traces/native-tracer.ts'
import { createRecordingTracer } from '../../src/telemetry/traces/recording-tracer.ts'
import type { Span } from '../../src/telemetry/traces/span.ts'
import { runToEnd } from '../jobs/job-harness.ts'
import { grant, login, redemption } from '../sessions/examples.ts'
import { sessionsOf, stubOf } from '../sessions/object-subject.ts'
import { addServiceAccount, callAdmin } from '../worker/admin-client.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanOfCaller = 'b7ad6b7169203331'
const context = `00-${traceId}-${spanOfCaller}-01`
const lifetime = { waitUntil: () => undefined }

let exported: Span[]
/** Whether requests that nobody traced are. */
let isSampled: boolean
let undo: (() => void)[]
let inTrace: <T>(work: () => Promise<T>) => Promise<T>

beforeEach(() => {
  exported = []
  isSampled = false
  const tracer = createRecordingTracer({
    sample: () => isSampled,
    buffer: { add: (spans) => exported.push(...spans), drop: () => undefined },
    server: {},
  })
  undo = [addObserver(tracer), installTracer(tracer)]
  inTrace = (work) => tracer.traceInvocation({ name: 'test', trigger: 'call', context, lifetime }, work)
})

afterEach(() => {
  for (const step of undo) step()
})

const named = (name: string) => exported.filter((span) => span.name === name)
const childrenOf = (span: Span | undefined) =>
  exported.filter(({ parentSpanId }) => parentSpanId === span?.spanId)

describe('a call of an object', () => {
  test('is seen from both sides, each a child of the other', async () => {
    const subject = crypto.randomUUID()
    const answer = await inTrace(() => sessionsOf(subject).recordLogin(login()))
    expect(answer).toMatchObject({ status: 'signed_in' })
    const spans = named('UserSessions/recordLogin')
    const [client, server] = ['client', 'server'].map((side) => spans.find(({ kind }) => kind === side))
    expect(spans).toHaveLength(2)
    expect(client?.parentSpanId).toBe(named('test')[0]?.spanId)
    expect(server).toMatchObject({ parentSpanId: client?.spanId, traceId, isParentRemote: true })
  })

  test('is the call itself where nothing is recorded: the object is handed no context', async () => {
    const subject = crypto.randomUUID()
    expect(await sessionsOf(subject).recordLogin(login())).toMatchObject({ status: 'signed_in' })
    expect(exported).toEqual([])
  })

  test('that throws, throws the same, and is an error', () =>
    runInDurableObject(env.SINGLE_USE.getByName('traced'), async (object) => {
      const methods = object as unknown as Record<string, (...input: unknown[]) => Promise<unknown>>
      // SQLite takes no symbols.
      await expect(methods[tracedCall]?.(context, 'spend', Symbol('value'), 0)).rejects.toThrow(TypeError)
      expect(named('SingleUse/spend')).toMatchObject([
        {
          kind: 'server',
          isError: true,
          parentSpanId: spanOfCaller,
          attributes: { 'error.type': 'TypeError' },
        },
      ])
    }))

  test.each(['constructor', tracedCall, 'noSuchMethod', 'toString', '__proto__'])(
    'names a method of the object, not %s',
    (method) =>
      runInDurableObject(env.SINGLE_USE.getByName('traced'), async (object) => {
        const methods = object as unknown as Record<string, (...input: string[]) => Promise<unknown>>
        await expect(methods[tracedCall]?.(context, method)).rejects.toThrow('no method of this name')
      }),
  )
})

test('a delivery is linked to the requests that its events come from, after the object was evicted', async () => {
  const subject = crypto.randomUUID()
  await inTrace(() => sessionsOf(subject).recordLogin(login()))
  await sessionsOf(subject).redeemCode(redemption(grant()))
  const [call] = named('UserSessions/recordLogin').filter(({ kind }) => kind === 'server')
  await evictDurableObject(stubOf(subject))
  expect(await runDurableObjectAlarm(stubOf(subject))).toBe(true)
  const [delivery] = named('process audit_events')
  expect(delivery).toMatchObject({
    links: [{ traceId, spanId: call?.spanId }],
    attributes: { 'messaging.batch.message_count': 2 },
  })
  expect(delivery?.traceId).not.toBe(traceId)
  expect(childrenOf(named('UserSessions alarm')[0])).toContain(delivery)
  expect(childrenOf(delivery).map(({ name }) => name)).toEqual(['postgresql'])

  // Delivered events cause nothing any more.
  exported = []
  await sessionsOf(subject).recordLogin(login())
  await runDurableObjectAlarm(stubOf(subject))
  expect(exported).toEqual([])
})

test('the steps of a job are in the trace of its order, after the object was evicted', async () => {
  const service = await addServiceAccount()
  const filter = { username: `nobody-${crypto.randomUUID()}` }
  isSampled = true
  const recorded = await callAdmin(service, 'POST', '/admin/users/bulk/update', {
    body: { filter, patch: { email_verified: true } },
    headers: { traceparent: context },
  })
  isSampled = false
  const { id } = (await recorded.json()) as { id: string }
  const [order] = named('POST /admin/users/bulk/update')
  expect(order).toMatchObject({ traceId, parentSpanId: spanOfCaller, kind: 'server' })
  await evictDurableObject(env.JOB.getByName(id))
  await runToEnd({ job_id: id } as Parameters<typeof runToEnd>[0])
  const steps = named('process users.update')
  expect(steps.length).toBeGreaterThanOrEqual(3)
  for (const step of steps)
    expect(step).toMatchObject({ traceId, parentSpanId: order?.spanId, kind: 'consumer' })
  expect(steps.flatMap(childrenOf).map(({ name }) => name)).toContain('UserSessions/isDelegated')
})

describe('the spans of the runtime', () => {
  const native = createNativeTracer(tracing)

  test('are entered around what is observed, whether the platform records or not', async () => {
    expect(await native.around('signature', { alg: 'ES256' }, async () => 7)).toBe(7)
    const failure = new Error('no')
    const failing = native.around('delivery', { events: 1, causes: [context] }, () => Promise.reject(failure))
    await expect(failing).rejects.toBe(failure)
  })

  test('carry their own context into objects', () => {
    expect(native.carried('object')).toBeUndefined()
  })
})
