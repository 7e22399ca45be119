/** Seeded faults: each raises the alert that names it, and no other. */
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { createRelyingParty } from '../conformance/relying-party.ts'
import type { SeededClient } from '../conformance/seed.ts'
import { type ObservedAuthly, startObservedAuthly, watchAlerts } from './observed-authly.ts'

let authly: ObservedAuthly

beforeAll(async () => {
  authly = await startObservedAuthly()
  // Until windows have samples of a sound server; at its very start everything is cold.
  await watchAlerts(authly, { seconds: 45 })
})

afterAll(() => authly?.stop())

/** What an earlier fault lit must be out before the next one is seeded. */
beforeEach(async () => {
  const isOut = (firing: readonly string[]) => firing.length === 0
  await watchAlerts(authly, { seconds: 90, until: isOut })
  expect(await watchAlerts(authly, { seconds: 5 })).toEqual([])
})

/** Waits for the alert, and for a while longer for others. @returns all that fired */
async function alertsBecauseOf(expected: string, seconds = 120): Promise<readonly string[]> {
  const isLit = (firing: readonly string[]) => firing.includes(expected)
  const before = await watchAlerts(authly, { seconds, expected, until: isLit })
  const after = await watchAlerts(authly, { seconds: 10, expected })
  return [...new Set([...before, ...after])]
}

it('slow Postgres raises PostgresSlow', async () => {
  authly.delayPostgresBy(120)
  onTestFinished(() => authly.delayPostgresBy(0))
  expect(await alertsBecauseOf('PostgresSlow')).toEqual(['PostgresSlow'])
})

it('an outbox whose events Postgres refuses raises OutboxStuck', async () => {
  const { database } = authly.seed
  await database.query(`
    CREATE FUNCTION refuse_token_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'no room for token events'; END $$;
    CREATE TRIGGER refuse_token_events BEFORE INSERT ON audit_events FOR EACH ROW
      WHEN (NEW.type = 'token.issued') EXECUTE FUNCTION refuse_token_events()`)
  onTestFinished(async () => {
    await database.query('DROP TRIGGER refuse_token_events ON audit_events')
    await database.query('DROP FUNCTION refuse_token_events')
  })
  expect(await alertsBecauseOf('OutboxStuck', 180)).toEqual(['OutboxStuck'])
})

it('an expired client secret raises ClientSecretExpired', async () => {
  const { database, addClient } = authly.seed
  const { client_id } = await addClient()
  await database.query(
    `UPDATE client_secrets SET expires_at = now() - interval '1 minute' WHERE client_id = $1`,
    [client_id],
  )
  expect(await alertsBecauseOf('ClientSecretExpired')).toEqual(['ClientSecretExpired'])
  await database.query('DELETE FROM client_secrets WHERE client_id = $1', [client_id])
})

it('an object with more calls than it can handle raises HotObject; the same calls of many objects do not', async () => {
  await authly.deploy('hot-object')
  const clients = await Promise.all(Array.from({ length: 12 }, () => authly.seed.addClient()))
  const spread = introspect(clients)
  expect(await watchAlerts(authly, { seconds: 40 })).toEqual([])
  await spread.stop()
  const [first] = clients as [SeededClient]
  const hot = introspect(clients.map(() => first))
  expect(await alertsBecauseOf('HotObject', 80)).toEqual(['HotObject'])
  await hot.stop()
  await authly.deploy('sound')
})

/** Each of the clients introspects its token again and again; a service's tokens are known to an object of its client. */
function introspect(clients: readonly SeededClient[]) {
  const rp = createRelyingParty(authly.stack.issuer)
  let stopped = false
  const loops = clients.map(async (client) => {
    const { json } = await rp.requestToken(client, { grant_type: 'client_credentials' })
    while (!stopped) await rp.introspect(client, String(json?.['access_token']))
  })
  const ended = Promise.allSettled(loops)
  const stop = async () => {
    stopped = true
    await ended
  }
  onTestFinished(stop)
  return { stop }
}

// The last one: a budget that has burnt is remembered for hours.
it('a build that fails raises ErrorBudgetBurn', async () => {
  await authly.deploy('bad-deploy')
  expect(await alertsBecauseOf('ErrorBudgetBurn')).toEqual(['ErrorBudgetBurn'])
})
