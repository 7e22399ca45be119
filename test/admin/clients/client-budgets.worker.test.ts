import { env } from 'cloudflare:test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { type Budget, budgets } from '../../contracts/budgets.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from '../../worker/admin-client.ts'
import { type BilledUnits, countBilledUnits } from '../../worker/billed-units.ts'
import { countingEnv, countQueries, type IoCount } from '../../worker/counting-env.ts'

const count: IoCount = { objectCalls: 0, postgresRoundTrips: 0 }
let billed: BilledUnits
let counted: Env
let admin: TestActor
let stopCounting = () => {}

const ask = async (method: string, path: string, body?: unknown, status = 200) => {
  count.objectCalls = 0
  count.postgresRoundTrips = 0
  billed.reset()
  const options = { headers: { 'if-match': '*' }, env: counted, ...(body === undefined ? {} : { body }) }
  const response = await callAdmin(admin, method, path, options)
  expect(response.status, await response.clone().text()).toBe(status)
  return (response.status === 204 ? {} : await response.json()) as Record<string, unknown>
}

const within = async (budget: Budget) => {
  const { rowsRead, rowsWritten } = await billed.count()
  const { objectCalls, postgresRoundTrips } = count
  const counted = { objectCalls, postgresRoundTrips, rowsRead, rowsWritten }
  const units = Object.keys(counted) as (keyof typeof counted)[]
  const excess = units.filter((unit) => counted[unit] > budget[unit])
  expect(excess, `${budget.operation}: ${JSON.stringify(counted)}`).toEqual([])
}

beforeAll(async () => {
  admin = await addAdmin()
  billed = await countBilledUnits(env.AUDIT_OUTBOX.getByName('client-budgets'))
  // A refill of the rate-limit lease now and then is amortised over the requests it lasts for.
  counted = { ...countingEnv(billed.watch(env), count), RATE_LIMIT: env.RATE_LIMIT }
  stopCounting = countQueries(
    (env as unknown as { DATABASE_GATEWAY_URL: string }).DATABASE_GATEWAY_URL,
    count,
  )
  // A warm isolate: keys, the client, settings and the scope catalog are in memory.
  await ask('GET', '/admin/clients')
  await testDependencies().loadScopeCatalog()
})
afterAll(() => {
  stopCounting()
  billed.restore()
})

describe('I/O budgets of admin writes that renew the edge cache (docs/io-budgets.md)', () => {
  it('clients and secrets', async () => {
    const redirect_uris = ['https://shop.example/cb']
    const created = await ask('POST', '/admin/clients', { client_name: 'Shop', redirect_uris }, 201)
    await within(budgets.adminCachedWrite)
    await ask('POST', '/admin/clients?dry_run=true', { client_name: 'Shop', redirect_uris })
    await within(budgets.adminDryRun)
    const preset = { client_name: 'Job', preset: 'machine', scope: '' }
    await ask('POST', '/admin/clients', preset, 201)
    await within(budgets.adminCachedWrite)
    const resource = `https://${uuidv7()}.example`
    await ask('POST', '/admin/resource-servers', { resource, name: 'API' }, 201)
    const forApi = { client_name: 'Tool', preset: 'native', resources: [resource] }
    await ask('POST', '/admin/clients', { ...forApi, redirect_uris: ['https://tool.example/cb'] }, 201)
    await within(budgets.adminJudgedWrite)
    const path = `/admin/clients/${created['client_id']}`
    await ask('PATCH', path, { enabled: false })
    await within(budgets.adminCachedWrite)
    await ask('PATCH', path, { redirect_uris: [...redirect_uris, 'https://shop.example/other'] })
    await within(budgets.adminJudgedWrite)
    await ask('PATCH', `${path}?dry_run=true`, { profile: 'oauth2.1' })
    await within(budgets.adminDryRun)
    const { id } = await ask('POST', `${path}/secrets`, {}, 201)
    await within(budgets.adminCachedWrite)
    await ask('GET', `${path}/secrets`)
    await within(budgets.adminRead)
    await ask('DELETE', `${path}/secrets/${id}`, undefined, 204)
    await within(budgets.adminCachedWrite)
    await ask('DELETE', path, undefined, 204)
    await within(budgets.adminCachedWrite)
  })

  it('scopes and settings', async () => {
    const name = `budget:${uuidv7()}`
    await ask('POST', '/admin/scopes', { name, description: 'x' }, 201)
    await within(budgets.adminCachedWrite)
    await ask('DELETE', `/admin/scopes/${name}`, undefined, 204)
    await within(budgets.adminCachedWrite)
    await ask('PATCH', '/admin/settings/admin.step_up_max_age_seconds', { value: null })
    await within(budgets.adminCachedWrite)
  })

  it.each([
    '/admin/clients',
    '/admin/client-profiles/mcp',
    '/admin/client-profiles/fapi2-security/clients',
    '/admin/scopes',
    '/admin/keys',
    '/admin/settings',
    '/admin/rate-limits',
    '/admin/stats',
    '/admin/status',
  ])('GET %s', async (path) => {
    await ask('GET', path)
    await within(budgets.adminRead)
  })
})
