import { expect, test } from 'vitest'
import { encodeSpans } from '../../../src/telemetry/traces/otlp-json.ts'
import type { Span } from '../../../src/telemetry/traces/span.ts'

const span: Span = {
  traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
  spanId: '051581bf3cb55c13',
  parentSpanId: '5fb397be34d26b51',
  isParentRemote: true,
  name: 'POST /oauth/token',
  kind: 'server',
  start: 1_764_358_000_123,
  end: 1_764_358_000_456,
  attributes: {
    'http.route': '/oauth/token',
    'http.response.status_code': 200,
    ratio: 0.5,
    known: true,
    absent: undefined,
  },
  links: [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }],
  isError: false,
}

const [resource] = JSON.parse(encodeSpans([span], { 'service.name': 'authly' }, '1.2.3')).resourceSpans
const [scope] = resource.scopeSpans
const [encoded] = scope.spans

test('the resource and the scope say who recorded', () => {
  expect(resource.resource.attributes).toEqual([{ key: 'service.name', value: { stringValue: 'authly' } }])
  expect(scope.scope).toEqual({ name: 'authly', version: '1.2.3' })
})

test('ids are hexadecimal, not base64 as protobuf’s JSON would have them (OTLP § JSON Protobuf Encoding)', () => {
  expect(encoded).toMatchObject({
    traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
    spanId: '051581bf3cb55c13',
    parentSpanId: '5fb397be34d26b51',
  })
})

test('times are nanoseconds, exact, as decimal strings', () => {
  expect(encoded.startTimeUnixNano).toBe('1764358000123000000')
  expect(encoded.endTimeUnixNano).toBe('1764358000456000000')
})

test('enumerations are numbers; a span that is no error has no status', () => {
  expect(encoded.kind).toBe(2)
  expect(encoded.status).toEqual({})
  const failed = JSON.parse(encodeSpans([{ ...span, isError: true }], {}, '1'))
  expect(failed.resourceSpans[0].scopeSpans[0].spans[0].status).toEqual({ code: 2 })
})

test('attributes keep their types, and absent ones are left out', () => {
  expect(encoded.attributes).toEqual([
    { key: 'http.route', value: { stringValue: '/oauth/token' } },
    { key: 'http.response.status_code', value: { intValue: '200' } },
    { key: 'ratio', value: { doubleValue: 0.5 } },
    { key: 'known', value: { boolValue: true } },
  ])
})

test('a root span has no parent; flags say that it is sampled and whether its parent is remote', () => {
  expect(encoded.flags).toBe(0x301)
  const root = JSON.parse(encodeSpans([{ ...span, parentSpanId: undefined, isParentRemote: false }], {}, '1'))
  const [first] = root.resourceSpans[0].scopeSpans[0].spans
  expect(first).not.toHaveProperty('parentSpanId')
  expect(first.flags).toBe(0x101)
})

test('links name the spans that caused it', () => {
  expect(encoded.links).toEqual([{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }])
})
