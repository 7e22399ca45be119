/** Our spans among those of the runtime, which the platform exports. */
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type NativeAuthly, startNativeAuthly, type TailEvent } from './native-workerd.ts'

let authly: NativeAuthly

beforeAll(async () => {
  authly = await startNativeAuthly(inject('traced').bundle)
  const answer = await fetch(`${authly.issuer}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(authly.credentials)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  expect(answer.status, await answer.text()).toBe(200)
  await vi.waitUntil(() => opened('AuditOutbox/append'), { timeout: 10_000 })
}, 120_000)

afterAll(() => authly?.stop())

const opened = (name: string): TailEvent | undefined =>
  authly.events.find(({ event }) => event.type === 'spanOpen' && event.name === name)

/** Everything that was set on a span. */
const attributesOf = (spanId: string | undefined): Record<string, unknown> =>
  Object.fromEntries(
    authly.events
      .filter(({ event, spanContext }) => event.type === 'attributes' && spanContext.spanId === spanId)
      .flatMap(({ event }) => event.info as { name: string; value: unknown }[])
      .map(({ name, value }) => [name, value]),
  )

/** The runtime's own span of the request. */
const request = (): TailEvent | undefined =>
  authly.events.find(
    ({ event }) =>
      event.type === 'onset' && String((event.info as { url?: string }).url).endsWith('/oauth/token'),
  )

test('the runtime’s span of the request has our attributes', () => {
  expect(attributesOf(request()?.event.spanId)).toMatchObject({
    ...{ 'http.route': '/oauth/token', 'http.request.method': 'POST' },
    'authly.request_id': expect.stringMatching(/^[\da-f-]{36}$/),
  })
})

test('our spans are below it: the grant, and in it the signature', () => {
  const grant = opened('grant client_credentials')
  expect(grant?.spanContext).toEqual({
    traceId: request()?.spanContext.traceId,
    spanId: request()?.event.spanId,
  })
  expect(attributesOf(grant?.event.spanId)).toMatchObject({ 'authly.client_id': 'demo-service' })
  expect(opened('sign ES256')?.spanContext.spanId).toBe(grant?.event.spanId)
})

test('objects are called inside our spans, and the runtime carries the trace into them', () => {
  const call = opened('AuditOutbox/append')
  const inside = authly.events.find(
    ({ event, spanContext }) =>
      event.type === 'onset' &&
      (event as { entrypoint?: string }).entrypoint === 'AuditOutbox' &&
      spanContext.traceId === call?.spanContext.traceId,
  )
  expect(inside).toBeDefined()
})
