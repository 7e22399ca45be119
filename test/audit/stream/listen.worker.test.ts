import { env } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { expect, it, vi } from 'vitest'
import { configOf } from '../../../src/config.ts'
import { directUrl, listen } from '../../../src/db/listen.ts'
import { database } from '../delivered-events.ts'

const config = configOf(env)
const options = {
  ...{ databaseUrl: config.databaseUrl, databaseGatewayUrl: config.databaseGatewayUrl },
  ...{ channel: 'listen_test', presenceLock: 4711, timeoutMilliseconds: 5000 },
}

it('hears a NOTIFY through the tunnel, holds the presence lock, and lets go of it when closed', async () => {
  let heard = 0
  const onLost = vi.fn()
  const listener = await listen({ ...options, onNotification: () => heard++, onLost })
  const free = async () =>
    (await database().execute(sql`SELECT pg_try_advisory_xact_lock(4711) AS free`)).rows[0]?.['free']
  expect(await free()).toBe(false)
  await database().execute(sql`NOTIFY listen_test`)
  await vi.waitUntil(() => heard === 1)
  listener.close()
  await vi.waitUntil(free)
  expect(onLost).not.toHaveBeenCalled()
})

it('says so when the connection is lost, and when it cannot be opened', async () => {
  let lost = 0
  await listen({ ...options, presenceLock: 4712, onNotification: () => undefined, onLost: () => lost++ })
  await database().execute(sql`
    SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4712`)
  await vi.waitUntil(() => lost === 1)
  await expect(
    listen({
      ...options,
      databaseGatewayUrl: 'http://127.0.0.1:1',
      onNotification: () => undefined,
      onLost: () => undefined,
    }),
  ).rejects.toThrow()
})

it('goes past the pooler of Neon, through which LISTEN does not work', () => {
  expect(directUrl('postgres://u:p@ep-cool-1-pooler.eu.aws.neon.tech/db?sslmode=require')).toBe(
    'postgres://u:p@ep-cool-1.eu.aws.neon.tech/db?sslmode=require',
  )
  expect(directUrl('postgres://u:p@my-pooler/db')).toBe('postgres://u:p@my-pooler/db')
})
