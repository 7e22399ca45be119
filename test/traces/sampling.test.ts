/** What is sent when little is traced, read from a real OpenTelemetry Collector. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTracedAuthly, type TracedAuthly } from './traced-authly.ts'

let authly: TracedAuthly

beforeAll(async () => {
  authly = await startTracedAuthly({})
}, 120_000)
afterAll(() => authly?.stop())

const traceIds = (count: number) => Array.from({ length: count }, () => randomBytes(16).toString('hex'))
const sampled = (traceId: string) => ({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
const health = (traceId: string) =>
  fetch(`${authly.issuer}/.well-known/openid-configuration`, { headers: sampled(traceId) })

/** More than a flush takes. */
const flushed = () => new Promise((resolve) => setTimeout(resolve, 2_500))

test('attack: sampled traceparents of strangers make us send nothing', async () => {
  for (const traceId of traceIds(50)) expect((await health(traceId)).status).toBe(200)
  await flushed()
  expect(await authly.collector.spans()).toEqual([])
})

test('a request that failed is sent whole, although it was not chosen', async () => {
  const [traceId = ''] = traceIds(1)
  await authly.stack.stopPostgres()
  try {
    const answer = await fetch(`${authly.issuer}/oauth/token`, {
      method: 'POST',
      headers: { ...sampled(traceId), authorization: `Basic ${btoa('nobody-known:x')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    expect(answer.status).toBe(503)
  } finally {
    await authly.stack.startPostgres()
  }
  const spans = await authly.traceOf(traceId, (found) => found.length > 0)
  const [request] = spans.filter(({ name }) => name === 'POST /oauth/token')
  expect(request).toMatchObject({
    isError: true,
    attributes: { 'http.response.status_code': '503', 'error.type': 'temporarily_unavailable' },
  })
  const [query] = spans.filter(({ name }) => name === 'postgresql')
  expect(query).toMatchObject({ isError: true })
})

test('a collector that is gone changes no answer', async () => {
  await authly.collector.stop()
  const [traceId = ''] = traceIds(1)
  for (let count = 0; count < 5; count++) expect((await health(traceId)).status).toBe(200)
})
