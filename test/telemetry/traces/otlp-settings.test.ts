import { expect, test } from 'vitest'
import { isOtlpEndpoint, parseOtlpHeaders } from '../../../src/telemetry/traces/otlp-settings.ts'

test.each(['https://otel.example.com', 'https://otel.example.com:4318/base', 'http://127.0.0.1:4318'])(
  'an endpoint may be public with TLS, or of this machine: %s',
  (url) => expect(isOtlpEndpoint(url)).toBe(true),
)

test.each(['http://10.0.0.7:4318', 'http://[fd00::1]:4318', 'http://collector.internal:4318'])(
  'the operator may name a private address, without TLS too: %s',
  (url) => expect(isOtlpEndpoint(url)).toBe(true),
)

test.each([
  ['http://otel.example.com', 'the headers are secret'],
  ['https://user:secret@otel.example.com', 'credentials'],
  ['https://otel.example.com?key=1', 'query'],
  ['https://otel.example.com#a', 'fragment'],
  ['otel.example.com:4318', 'no scheme'],
  ['ftp://127.0.0.1', 'another protocol'],
  ['', 'empty'],
])('not an endpoint: %s (%s)', (url) => expect(isOtlpEndpoint(url)).toBe(false))

test('headers are a list of name=value, values percent-encoded', () => {
  expect(parseOtlpHeaders('')).toEqual({})
  expect(parseOtlpHeaders('Authorization=Bearer%20abc=,x-tenant=1, x-empty=')).toEqual({
    ...{ authorization: 'Bearer abc=', 'x-tenant': '1', 'x-empty': '' },
  })
})

test.each(['novalue name', '=x', 'a b=c', 'x=%zz', 'x=%0d%0ay'])('no headers: %s', (text) => {
  expect(parseOtlpHeaders(text)).toBeUndefined()
})
