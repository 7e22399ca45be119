import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { clientSecrets, roles } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { startMetrics } from '../../src/start-metrics.ts'
import worker from '../../src/worker.ts'
import { present, type RegisteredClient, registerClient } from '../contracts/worker-client.ts'
import { testDatabase } from '../fakes/database.ts'
import { addAdmin, addServiceAccount } from '../worker/admin-client.ts'
import { parseExposition, sampleValue } from './parse-exposition.ts'

const staticToken = 'metrics-token-of-tests-0123456789abcdef'
const counting = { ...env, AUTHLY_METRICS: 'true', AUTHLY_METRICS_TOKEN: staticToken } as Env

let stop: () => void
/** Its secret ends, and no other ends before it. */
let client: RegisteredClient
const secretEnds = new Date('2001-09-09T01:46:40Z')
beforeAll(async () => {
  stop = startMetrics(counting, () => undefined)
  client = await registerClient('client_secret_basic', { grant_types: ['client_credentials'] })
  expect((await askToken(client)).status).toBe(200)
  await testDatabase()
    .update(clientSecrets)
    .set({ expires_at: secretEnds })
    .where(eq(clientSecrets.client_id, client.client_id))
})
afterAll(() => stop())

async function send(path: string, init: RequestInit = {}, bindings: Env = counting): Promise<Response> {
  const ctx = createExecutionContext()
  const request = new Request(`https://auth.test${path}`, { redirect: 'manual', ...init })
  const response = await worker.fetch(request, bindings, ctx)
  await waitOnExecutionContext(ctx)
  return response
}

const scrapeAs = (token: string | undefined, accept = 'text/plain', address = '192.0.2.1') =>
  send('/metrics', {
    headers: {
      accept,
      'cf-connecting-ip': address,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  })

async function read(token = staticToken) {
  const response = await scrapeAs(token)
  expect(response.status).toBe(200)
  return parseExposition(await response.text(), 'prometheus')
}

const askToken = (client: RegisteredClient, fields: Record<string, string> = {}) =>
  send('/oauth/token', {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', ...fields }),
    headers: present('client_secret_basic', client).headers,
  })

const tokens = 'authly_token_requests_total'
const expiry = 'authly_client_secret_expiry_timestamp_seconds'
const issued = { grant_type: 'client_credentials', outcome: 'success' }

describe('who may read', () => {
  test('where nothing is counted there is nothing at the address', async () => {
    const off = { ...env, AUTHLY_METRICS_TOKEN: staticToken } as Env
    const response = await send('/metrics', { headers: { authorization: `Bearer ${staticToken}` } }, off)
    expect(response.status).toBe(404)
  })

  test.each([
    ['no token', undefined],
    ['a wrong token', `${staticToken}x`],
    ['the beginning of the token', staticToken.slice(0, -1)],
    ['a malformed token', 'ä'],
  ])('%s is refused, and told how to authenticate', async (_, token) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${encodeURI(token)}` }
    const response = await send('/metrics', { headers })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="authly"/)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).not.toContain('authly_')
  })

  test('a deployment without a static token takes none', async () => {
    const without = { ...env, AUTHLY_METRICS: 'true', AUTHLY_METRICS_TOKEN: undefined } as Env
    for (const token of ['', 'undefined', staticToken]) {
      const response = await send('/metrics', { headers: { authorization: `Bearer ${token}` } }, without)
      expect(response.status).toBe(401)
    }
  })

  test('guessing is limited by address, and the right token still works', async () => {
    const limited = {
      ...counting,
      AUTHLY_RATE_LIMITS: '{"admin-ip-unauthenticated":{"capacity":3,"per_seconds":3600}}',
    } as Env
    const guess = (token: string) =>
      send(
        '/metrics',
        { headers: { authorization: `Bearer ${token}`, 'cf-connecting-ip': '192.0.2.99' } },
        limited,
      )
    const statuses: number[] = []
    for (let attempt = 0; attempt < 5; attempt++) statuses.push((await guess(`wrong-${attempt}`)).status)
    expect(statuses).toEqual([401, 401, 401, 429, 429])
    expect((await guess(staticToken)).status).toBe(200)
  })

  test('an access token needs the scope, and its holder the permission', async () => {
    const withoutScope = await addServiceAccount(['admin:users:read'])
    expect((await scrapeAs(withoutScope.token)).status).toBe(403)
    const withoutRole = await addAdmin({ roles: [], scopes: ['admin:stats:read'] })
    expect((await scrapeAs(withoutRole.token)).status).toBe(403)
    const admin = await addAdmin({ scopes: ['admin:stats:read'] })
    expect((await scrapeAs(admin.token)).status).toBe(200)
  })
})

describe('who sees clients', () => {
  test('the holder of the static token sees none, and all their requests', async () => {
    const text = await (await scrapeAs(staticToken)).text()
    expect(text).not.toContain(client.client_id)
    const metrics = parseExposition(text, 'prometheus')
    expect(sampleValue(metrics, tokens, { ...issued, client_id: 'all' })).toBeGreaterThan(0)
    expect(sampleValue(metrics, expiry, { client_id: 'all' })).toBe(secretEnds.getTime() / 1000)
  })

  test('nor does an access token without the scope to read clients', async () => {
    const { token } = await addServiceAccount(['admin:stats:read'])
    expect(await (await scrapeAs(token)).text()).not.toContain(client.client_id)
  })

  test('nor a person who has that scope and not the permission', async () => {
    const role = `metrics-${uuidv7()}`
    await testDatabase()
      .insert(roles)
      .values({ name: role, description: 'Reads metrics', permissions: ['admin:stats:read'] })
    const { token } = await addAdmin({ roles: [role] })
    expect(await (await scrapeAs(token)).text()).not.toContain(client.client_id)
  })

  test('who may read clients sees them', async () => {
    const { token } = await addServiceAccount(['admin:stats:read', 'admin:clients:read'])
    const { client_id } = client
    const metrics = await read(token)
    expect(sampleValue(metrics, tokens, { ...issued, client_id })).toBe(1)
    expect(sampleValue(metrics, expiry, { client_id })).toBe(secretEnds.getTime() / 1000)
    expect(sampleValue(metrics, expiry, { client_id: 'all' })).toBeUndefined()
  })
})

describe('what is counted', () => {
  test('both formats say the same', async () => {
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5'
    const response = await scrapeAs(staticToken, accept)
    expect(response.headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1\.0\.0/)
    const text = new TextDecoder().decode(await response.arrayBuffer())
    const metrics = parseExposition(text, 'openmetrics')
    expect([...metrics.values()].find(({ type }) => type === 'histogram')).toBeDefined()
  })

  test('grants and errors by type; counters never fall from scrape to scrape', async () => {
    const client = await registerClient('client_secret_basic', { grant_types: ['client_credentials'] })
    const before = await read()
    await askToken(client)
    await askToken(client, { scope: 'unknown:scope' })
    await askToken(client, { grant_type: 'password' })
    await askToken({ ...client, secret: 'wrong' })
    const after = await read()
    const grown = (labels: Record<string, string>) =>
      (sampleValue(after, tokens, labels) ?? 0) - (sampleValue(before, tokens, labels) ?? 0)
    expect(grown(issued)).toBe(1)
    expect(grown({ outcome: 'refused', error: 'invalid_scope' })).toBe(1)
    expect(grown({ grant_type: 'unsupported', error: 'unsupported_grant_type' })).toBe(1)
    expect(grown({ grant_type: 'none', error: 'invalid_client' })).toBe(1)
    expect(sampleValue(after, 'authly_signature_duration_seconds_count')).toBeGreaterThan(0)
    const requests = 'authly_http_request_duration_seconds_count'
    const endpoint = { route: '/oauth/token', method: 'POST' }
    const answered = (outcome: string) =>
      (sampleValue(after, requests, { ...endpoint, outcome }) ?? 0) -
      (sampleValue(before, requests, { ...endpoint, outcome }) ?? 0)
    expect([answered('success'), answered('refused')]).toEqual([1, 3])
    expect(sampleValue(after, requests, { ...endpoint, outcome: 'failed' })).toBe(0)
    expect(
      sampleValue(after, 'authly_cache_reads_total', { cache: 'client', tier: 'memory' }),
    ).toBeGreaterThan(0)
    const again = await read()
    for (const [name, { type, samples }] of after) {
      if (type === 'gauge') continue
      for (const sample of samples) {
        expect(sampleValue(again, sample.name, sample.labels), name).toBeGreaterThanOrEqual(sample.value)
      }
    }
  })

  test('made-up clients and addresses make no series', async () => {
    /** All values of labels that a caller could have chosen. */
    const chosen = async () => {
      const samples = [...(await read()).values()].flatMap((family) => family.samples)
      const values = samples.flatMap(({ labels }) => [
        `${labels['route']} ${labels['method']} ${labels['client_id']} ${labels['error']}`,
      ])
      return [...new Set(values)].sort()
    }
    await askToken({ client_id: 'made-up', secret: 'x' })
    await send('/made-up', { method: 'REPORT' })
    const before = await chosen()
    for (let index = 0; index < 40; index++) {
      await askToken({ client_id: `made-up-${index}`, secret: 'x' })
      await send(`/made-up/${index}`, { method: 'REPORT' })
    }
    expect(await chosen()).toEqual(before)
    expect((await (await scrapeAs(staticToken)).text()).includes('made-up')).toBe(false)
  })

  test('the gauges of Postgres', async () => {
    const metrics = await read()
    expect(sampleValue(metrics, 'authly_postgres_up')).toBe(1)
    expect(sampleValue(metrics, 'authly_postgres_connections')).toBeGreaterThan(0)
    expect(sampleValue(metrics, 'authly_postgres_connections_limit')).toBeGreaterThan(1)
    expect(
      sampleValue(metrics, 'authly_signing_key_age_seconds', { alg: 'ES256', state: 'current' }),
    ).toBeGreaterThanOrEqual(0)
    expect(sampleValue(metrics, 'authly_audit_unsealed_events')).toBeGreaterThanOrEqual(0)
    expect(sampleValue(metrics, 'authly_audit_chain_broken')).toBe(0)
    expect(sampleValue(metrics, 'authly_outbox_events', { outbox: 'shard-7' })).toBeGreaterThanOrEqual(0)
  })

  test('without Postgres the static token still reads what was counted', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const away = { ...counting, DATABASE_GATEWAY_URL: 'http://127.0.0.1:1' } as Env
    const headers = { authorization: `Bearer ${staticToken}` }
    const now = vi.spyOn(Date, 'now')
    const at = Date.now()
    now.mockReturnValue(at + 16_000)
    const response = await send('/metrics', { headers }, away)
    now.mockRestore()
    expect(response.status).toBe(200)
    const metrics = parseExposition(await response.text(), 'prometheus')
    expect(sampleValue(metrics, tokens, issued)).toBeGreaterThan(0)
    expect(sampleValue(metrics, 'authly_postgres_up')).toBe(0)
    expect(sampleValue(metrics, 'authly_audit_unsealed_events')).toBeUndefined()
  })
})
