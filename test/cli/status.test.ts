/** `authly status` says that the database is down without needing it; scripts see exit status 3. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import type { CommandContext } from '../../cli/command.ts'
import { sayingWhatIsAway } from '../../cli/commands/status.ts'

let stop: (() => void) | undefined
afterEach(() => stop?.())

async function statusOf(status: number, body: string): Promise<unknown> {
  const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1')
  stop = () => server.close()
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const context = {
    global: { dryRun: false },
    session: async () => ({ issuer }),
  } as unknown as CommandContext
  const command = sayingWhatIsAway({ words: ['status'], summary: 'Status', run: async () => 0 })
  return command.run(context).catch((error: unknown) => error)
}

const components = {
  postgres: { status: 'unavailable', reason: 'no_answer' },
  objects: { status: 'ok' },
  keys: { status: 'ok' },
}

it('fails with clear words when Postgres is away, or more than that', async () => {
  const degraded = await statusOf(200, JSON.stringify({ status: 'degraded', components }))
  expect(degraded).toMatchObject({
    reason: 'unavailable',
    message: expect.stringContaining('database is down'),
  })
  stop?.()
  const away = await statusOf(503, JSON.stringify({ status: 'unavailable', components }))
  expect(away).toMatchObject({
    reason: 'unavailable',
    message: expect.stringContaining('cannot issue tokens'),
  })
})

it.each([
  ['a server that is ready', 200, '{"status":"ok","components":{"postgres":{"status":"ok"}}}'],
  ['a server with a late outbox', 200, '{"status":"degraded","components":{"postgres":{"status":"ok"}}}'],
  ['a server that is older than the question', 404, '<html>'],
])('goes on to the operation at %s', async (_, status, body) => {
  expect(await statusOf(status, body)).toBe(0)
})
