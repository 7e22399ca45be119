/**
 * Metrics of the production bundle in raw workerd: what was handed over survives a kill, and they are readable while
 * Postgres is away.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseExposition, sampleValue } from '../../metrics/parse-exposition.ts'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import type { SeededClient } from '../seed.ts'

const token = 'metrics-token-of-tests-0123456789abcdef'
/** Of a request that gathers, and some more. */
const handOverMs = 7_000

let authly: OwnAuthly
let client: SeededClient
beforeAll(async () => {
  authly = await startOwnAuthly({ AUTHLY_METRICS: 'true', AUTHLY_METRICS_TOKEN: token })
  client = await authly.seed.addClient({ grant_types: ['client_credentials'], scopes: ['orders:read'] })
})
afterAll(() => authly?.stop())

async function issueTokens(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const granted = await authly.rp.requestToken(client, { grant_type: 'client_credentials' })
    expect(granted.status).toBe(200)
  }
}

async function scrape() {
  const response = await fetch(`${authly.issuer}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  expect(response.status).toBe(200)
  return response.text()
}

const issued = (text: string) =>
  sampleValue(parseExposition(text, 'prometheus'), 'authly_token_requests_total', { outcome: 'success' })

it('shows what was just counted', async () => {
  await issueTokens(20)
  expect(issued(await scrape())).toBe(20)
})

it('loses nothing that was handed over when the process is killed, and goes on from there', async () => {
  await issueTokens(5)
  await sleep(handOverMs)
  await authly.stack.restartWorker('SIGKILL')
  expect(issued(await scrape())).toBe(25)
  await issueTokens(3)
  expect(issued(await scrape())).toBe(28)
})

it('is readable while Postgres is away, and says so', async () => {
  await authly.stack.stopPostgres('immediate')
  // The gauges are read anew after 15 s.
  await sleep(15_000)
  const metrics = parseExposition(await scrape(), 'prometheus')
  expect(sampleValue(metrics, 'authly_postgres_up')).toBe(0)
  expect(sampleValue(metrics, 'authly_token_requests_total', { outcome: 'success' })).toBe(28)
})
