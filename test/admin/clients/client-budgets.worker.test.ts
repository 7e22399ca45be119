import { env } from 'cloudflare:test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { type Budget, budgets } from '../../contracts/budgets.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from '../../worker/admin-client.ts'
import { countingEnv, countQueries, type IoCount } from '../../worker/counting-env.ts'

const count: IoCount = { objectCalls: 0, postgresRoundTrips: 0 }
// A refill of the rate-limit lease now and then is amortised over the requests it lasts for.
const counted = { ...countingEnv(env, count), RATE_LIMIT: env.RATE_LIMIT }
let admin: TestActor
let stopCounting = () => {}

const ask = async (method: string, path: string, body?: unknown, status = 200) => {
  count.objectCalls = 0
  count.postgresRoundTrips = 0
  const options = { headers: { 'if-match': '*' }, env: counted, ...(body === undefined ? {} : { body }) }
  const response = await callAdmin(admin, method, path, options)
  expect(response.status, await response.clone().text()).toBe(status)
  return (response.status === 204 ? {} : await response.json()) as Record<string, unknown>
}

const within = ({ operation, objectCalls, postgresRoundTrips }: Budget) => {
  expect(count.objectCalls, `${operation}: object calls`).toBeLessThanOrEqual(objectCalls)
  expect(count.postgresRoundTrips, `${operation}: round trips`).toBeLessThanOrEqual(postgresRoundTrips)
}

beforeAll(async () => {
  admin = await addAdmin()
  stopCounting = countQueries(
    (env as unknown as { DATABASE_GATEWAY_URL: string }).DATABASE_GATEWAY_URL,
    count,
  )
  // A warm isolate: keys, the client, settings and the scope catalog are in memory.
  await ask('GET', '/admin/clients')
  await testDependencies().loadScopeCatalog()
})
afterAll(() => stopCounting())

describe('I/O budgets of admin writes that renew the edge cache (docs/io-budgets.md)', () => {
  it('clients and secrets', async () => {
    const redirect_uris = ['https://shop.example/cb']
    const created = await ask('POST', '/admin/clients', { client_name: 'Shop', redirect_uris }, 201)
    within(budgets.adminCachedWrite)
    const path = `/admin/clients/${created['client_id']}`
    await ask('PATCH', path, { enabled: false })
    within(budgets.adminCachedWrite)
    await ask('PATCH', path, { redirect_uris: [...redirect_uris, 'https://shop.example/other'] })
    within(budgets.adminJudgedWrite)
    const { id } = await ask('POST', `${path}/secrets`, {}, 201)
    within(budgets.adminCachedWrite)
    await ask('GET', `${path}/secrets`)
    within(budgets.adminRead)
    await ask('DELETE', `${path}/secrets/${id}`, undefined, 204)
    within(budgets.adminCachedWrite)
    await ask('DELETE', path, undefined, 204)
    within(budgets.adminCachedWrite)
  })

  it('scopes and settings', async () => {
    const name = `budget:${uuidv7()}`
    await ask('POST', '/admin/scopes', { name, description: 'x' }, 201)
    within(budgets.adminCachedWrite)
    await ask('DELETE', `/admin/scopes/${name}`, undefined, 204)
    within(budgets.adminCachedWrite)
    await ask('PATCH', '/admin/settings/admin.step_up_max_age_seconds', { value: null })
    within(budgets.adminCachedWrite)
  })

  it.each([
    '/admin/clients',
    '/admin/scopes',
    '/admin/keys',
    '/admin/settings',
    '/admin/rate-limits',
    '/admin/stats',
    '/admin/status',
  ])('GET %s', async (path) => {
    await ask('GET', path)
    within(budgets.adminRead)
  })
})
