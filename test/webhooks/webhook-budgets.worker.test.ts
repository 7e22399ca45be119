/** What webhooks cost (docs/io-budgets.md), and that they cost nobody anything who has none. */
import { env } from 'cloudflare:test'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createDeliverEvents } from '../../src/audit/deliver-events.store.ts'
import { encodeEvents } from '../../src/audit/outbox.ts'
import { webhookEndpoints } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { type Budget, budgets } from '../contracts/budgets.ts'
import { testDatabase, useOwnDatabase } from '../fakes/database.ts'
import { addAdmin, callAdmin, type TestActor } from '../worker/admin-client.ts'
import { type BilledUnits, countBilledUnits } from '../worker/billed-units.ts'
import { countingEnv, countQueries, type IoCount } from '../worker/counting-env.ts'
import { bindings, openWebhook, outboxOf, wire } from './webhook-under-test.ts'

const count: IoCount = { objectCalls: 0, postgresRoundTrips: 0 }
let billed: BilledUnits
let counted: Env
let admin: TestActor
let stopCounting = () => {}

beforeAll(async () => {
  await useOwnDatabase()
  admin = await addAdmin()
  billed = await countBilledUnits(env.AUDIT_OUTBOX.getByName('webhook-budgets'))
  // A refill of the rate-limit lease now and then is amortised over the requests it lasts for.
  counted = { ...countingEnv(billed.watch(bindings()), count), RATE_LIMIT: env.RATE_LIMIT }
  stopCounting = countQueries(
    (env as unknown as { DATABASE_GATEWAY_URL: string }).DATABASE_GATEWAY_URL,
    count,
  )
  await callAdmin(admin, 'GET', '/admin/clients', { env: counted })
})
afterAll(() => {
  stopCounting()
  billed.restore()
  vi.useRealTimers()
})

function reset(): void {
  Object.assign(count, { objectCalls: 0, postgresRoundTrips: 0, deliveries: 0 })
  billed.reset()
}

/** @param watched calls by this test, which no budget has */
async function expectWithin(budget: Budget, watched: number): Promise<void> {
  const { requests, rowsRead, rowsWritten } = await billed.count()
  const { objectCalls, postgresRoundTrips } = count
  const spent = {
    objectCalls,
    postgresRoundTrips,
    alarms: requests - watched,
    rowsRead,
    rowsWritten,
  }
  const { later } = budget
  const allowed = {
    objectCalls: budget.objectCalls,
    postgresRoundTrips: budget.postgresRoundTrips,
    alarms: later.alarms,
    rowsRead: budget.rowsRead + later.rowsRead,
    rowsWritten: budget.rowsWritten + later.rowsWritten,
  }
  const units = Object.keys(spent) as (keyof typeof spent)[]
  const excess = units.filter((unit) => spent[unit] > allowed[unit])
  expect(excess, `${budget.operation}: ${JSON.stringify(spent)}`).toEqual([])
}

const deliverEvent = () =>
  createDeliverEvents(counted)(
    `[${encodeEvents([
      {
        ...{ id: uuidv7(), type: 'user.created', occurred_at: Date.now(), outcome: 'success' },
        ...{ actor_type: 'system', user_id: uuidv7() },
      },
    ])}]`,
  )

const write = async () => {
  const body = { name: `budget-${uuidv7().slice(-12)}`, description: 'x', permissions: [] }
  const answer = await callAdmin(admin, 'POST', '/admin/roles', { body, env: counted })
  expect(answer.status).toBe(201)
}

it('without an endpoint nobody is called: neither after a delivery of events nor after an admin write', async () => {
  reset()
  await deliverEvent()
  expect(count).toMatchObject({ objectCalls: 0, deliveries: 1, postgresRoundTrips: 0 })
  await write()
  const { objectCalls, postgresRoundTrips } = budgets.adminWrite
  expect(count.objectCalls).toBeLessThanOrEqual(objectCalls)
  expect(count.postgresRoundTrips).toBeLessThanOrEqual(postgresRoundTrips)
})

it('the first one, and each after it, nudges the dispatcher once', async () => {
  let nudged = 0
  const nudging = { getByName: () => ({ nudge: async () => void nudged++ }) }
  const own = { ...bindings(), WEBHOOK_DISPATCHER: nudging } as unknown as Env
  const post = async (path: string, body?: object) => {
    nudged = 0
    const answer = await callAdmin(admin, 'POST', path, { env: own, ...(body ? { body } : {}) })
    expect(answer.status, await answer.clone().text()).toBeLessThan(300)
    return [nudged, answer] as const
  }
  const created = { name: 'x', url: 'https://billing.example.com/hooks', event_types: ['user.*'] }
  const [first, answer] = await post('/admin/webhooks', created)
  const [second] = await post('/admin/webhooks', created)
  const [listener] = await post('/admin/webhooks/listeners', {})
  const { id } = (await answer.json()) as { id: string }
  await post(`/admin/webhooks/${id}/disable`)
  const [enabled] = await post(`/admin/webhooks/${id}/enable`)
  expect([first, second, listener, enabled]).toEqual([1, 1, 1, 1])
  await testDatabase().delete(webhookEndpoints)
})

it('with one, each step stays within its row', async () => {
  const webhook = await openWebhook({}, admin)
  const dispatcher = () => counted.WEBHOOK_DISPATCHER.getByName('dispatcher')
  // A stub that one object has made cannot be used by another: what they call is counted, and known to nobody else.
  const inside = countingEnv(bindings(), count)
  await wire(env.WEBHOOK_DISPATCHER.getByName('dispatcher'), inside)
  await wire(outboxOf(webhook.id), inside)
  await dispatcher().nudge()
  await billed.drain()

  reset()
  await dispatcher().nudge()
  count.objectCalls = 0
  await billed.drain()
  await expectWithin(budgets.webhookLook, 1)

  // Its tables are there.
  await deliverEvent()
  await counted.WEBHOOK_OUTBOX.getByName(webhook.id).take([], 0)
  await billed.runAlarms(10_000)
  const before = (await webhook.seen()).length
  reset()
  // The outbox rings with the others.
  await counted.WEBHOOK_OUTBOX.getByName(webhook.id).take([], 0)
  count.objectCalls = 0
  await deliverEvent()
  await billed.runAlarms(10_000)
  expect(await webhook.seen()).toHaveLength(before + 1)
  await expectWithin(budgets.webhookEvent, 2)

  reset()
  await write()
  const { objectCalls, postgresRoundTrips } = count
  expect({ objectCalls, postgresRoundTrips }).toEqual({
    objectCalls: budgets.adminWebhookWrite.objectCalls,
    postgresRoundTrips: budgets.adminWebhookWrite.postgresRoundTrips,
  })
})
