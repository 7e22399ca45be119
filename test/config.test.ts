import { expect, it } from 'vitest'
import { parseConfig } from '../src/config.ts'

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64url')
const previousOf = (text: string) =>
  parseConfig({
    AUTHLY_ISSUER: 'https://auth.test',
    AUTHLY_ROOT_SECRET: secret(3),
    AUTHLY_ROOT_SECRET_PREVIOUS: text,
    DATABASE_URL: 'postgres://localhost/authly',
  }).previousRootSecrets

it('takes previous root secrets in order, closed ones too, and nothing that is no secret', () => {
  expect(previousOf('')).toEqual([])
  expect(previousOf(`${secret(2)},closed:${secret(1)}`)).toEqual([secret(2), `closed:${secret(1)}`])
  expect(() => previousOf(`${secret(2)},short`)).toThrow('AUTHLY_ROOT_SECRET_PREVIOUS must be')
  expect(() => previousOf(`gone:${secret(1)}`)).toThrow('AUTHLY_ROOT_SECRET_PREVIOUS must be')
})

const parse = (more: Record<string, string>) =>
  parseConfig({
    AUTHLY_ISSUER: 'https://auth.example.com',
    AUTHLY_ROOT_SECRET: secret(3),
    DATABASE_URL: 'postgres://localhost/authly',
    ...more,
  })

it('takes ports that fetches may reach as host:port, public hosts only', () => {
  const hosts = (AUTHLY_FETCH_HOSTS: string) => [...parse({ AUTHLY_FETCH_HOSTS }).fetchHosts]
  expect(hosts('')).toEqual([])
  expect(hosts('Keys.example.com:8443, [2606:4700:4700::1111]:444')).toEqual([
    'keys.example.com:8443',
    '[2606:4700:4700::1111]:444',
  ])
  for (const text of [
    ...['keys.example.com', 'keys.example.com:443', 'keys.example.com:0', 'keys.example.com:65536', '*:8443'],
    ...[
      'https://keys.example.com:8443',
      'keys.example.com:8443/x',
      'a@keys.example.com:8443',
      'localhost:8443',
    ],
    ...['10.0.0.1:8443', '169.254.169.254:80', '[::1]:8443', 'db.internal:5432', 'intranet:8443'],
  ]) {
    expect(() => hosts(text), text).toThrow('AUTHLY_FETCH_HOSTS must be')
  }
})

it('lets fetches reach loopback for issuers on a loopback host or below .test alone', () => {
  const loopback = (AUTHLY_ISSUER: string) => parse({ AUTHLY_ISSUER, AUTHLY_ALLOW_LOOPBACK_FETCH: 'true' })
  for (const issuer of [
    'http://localhost:8787',
    'https://localhost:8443',
    'http://[::1]:1',
    'https://auth.test',
  ]) {
    expect(loopback(issuer).allowLoopbackFetch).toBe(true)
  }
  for (const issuer of [
    'https://auth.example.com',
    'https://auth.test.example',
    'https://localhost.example',
  ]) {
    expect(() => loopback(issuer)).toThrow('AUTHLY_ALLOW_LOOPBACK_FETCH')
  }
})

it('traces nothing unless it is told to, and names a wrong setting without its value', () => {
  expect(parse({}).traces).toEqual({ ratio: 0, callersPerSecond: 0, endpoint: undefined, headers: {} })
  expect(
    parse({
      AUTHLY_TRACE_RATIO: '0.25',
      AUTHLY_OTLP_ENDPOINT: 'http://10.0.0.7:4318',
      AUTHLY_OTLP_HEADERS: 'Authorization=Bearer%20abc',
    }).traces,
  ).toMatchObject({ ratio: 0.25, endpoint: 'http://10.0.0.7:4318', headers: { authorization: 'Bearer abc' } })
  expect(() => parse({ AUTHLY_TRACE_RATIO: '1.5' })).toThrow('AUTHLY_TRACE_RATIO')
  expect(() => parse({ AUTHLY_OTLP_ENDPOINT: 'http://otel.example.com' })).toThrow(
    'AUTHLY_OTLP_ENDPOINT must be',
  )
  const wrong = () => parse({ AUTHLY_OTLP_HEADERS: 'my secret' })
  expect(wrong).toThrow('AUTHLY_OTLP_HEADERS must be a list')
  expect(wrong).not.toThrow('my secret')
})

it('takes an issuer under https alone, but on loopback, where nobody listens in', () => {
  for (const issuer of [
    'https://auth.test',
    'http://localhost:8787',
    'http://127.0.0.1:1',
    'http://[::1]:1',
  ]) {
    expect(parse({ AUTHLY_ISSUER: issuer }).secureCookies).toBe(issuer.startsWith('https:'))
  }
  for (const issuer of ['http://auth.test', 'http://localhost.example', 'ftp://auth.test', 'auth.test']) {
    expect(() => parse({ AUTHLY_ISSUER: issuer }), issuer).toThrow('AUTHLY_ISSUER')
  }
})

it('counts only where it is told to, and takes no token of metrics that could be guessed or not be sent', () => {
  const token = 'x'.repeat(32)
  expect(parse({})).toMatchObject({ metrics: false, metricsToken: undefined })
  expect(parse({ AUTHLY_METRICS: 'true', AUTHLY_METRICS_TOKEN: token })).toMatchObject({
    ...{ metrics: true, metricsToken: token },
  })
  for (const wrong of ['', token.slice(1), `${token} `, `${token}"`, `${token}ä`]) {
    expect(() => parse({ AUTHLY_METRICS_TOKEN: wrong }), wrong).toThrow('AUTHLY_METRICS_TOKEN must be')
  }
})

it('knows where certificates come from, and takes none where nobody is in front who could say', () => {
  const mtls = 'https://mtls.auth.example.com'
  const settings = (more: Record<string, string>) => parse({ AUTHLY_MTLS_ORIGIN: mtls, ...more }).mtls
  expect(parse({ AUTHLY_CLIENT_ADDRESS: 'cloudflare' }).mtls).toBeUndefined()
  expect(settings({ AUTHLY_CLIENT_ADDRESS: 'cloudflare' })).toEqual({
    ...{ origin: mtls, front: 'cloudflare', verifiesChains: true },
  })
  expect(settings({ AUTHLY_CLIENT_ADDRESS: 'proxy' })).toEqual({
    ...{ origin: mtls, front: 'proxy', verifiesChains: false },
  })
  const verifies = { AUTHLY_PROXY_VERIFIES_CERTIFICATES: 'true' }
  expect(settings({ AUTHLY_CLIENT_ADDRESS: 'proxy', ...verifies })?.verifiesChains).toBe(true)
  for (const AUTHLY_CLIENT_ADDRESS of ['unknown', 'connection']) {
    expect(() => settings({ AUTHLY_CLIENT_ADDRESS })).toThrow('AUTHLY_MTLS_ORIGIN needs')
  }
  expect(() => settings({ AUTHLY_CLIENT_ADDRESS: 'cloudflare', ...verifies })).toThrow(
    'AUTHLY_PROXY_VERIFIES',
  )
  expect(() => parse({ AUTHLY_CLIENT_ADDRESS: 'proxy', ...verifies })).toThrow('AUTHLY_PROXY_VERIFIES')
  for (const origin of [
    'https://mtls.example.com/x',
    'http://mtls.example.com',
    'http://localhost:1',
    'mtls',
  ]) {
    const more = { AUTHLY_CLIENT_ADDRESS: 'cloudflare', AUTHLY_MTLS_ORIGIN: origin }
    expect(() => settings(more), origin).toThrow('AUTHLY_MTLS_ORIGIN must')
  }
})
