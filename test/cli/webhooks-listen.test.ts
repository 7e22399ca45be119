/** `authly webhooks listen`, and a server that is not what it seems. */
import type { IncomingHttpHeaders } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { type FakeServer, runCli, serveApi } from './fake-server.ts'

const servers: FakeServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.stop()
})

const webhook = {
  ...{ event_id: '019b2c5e-1111-7000-8000-000000000001', type: 'user.created\u001b]0;owned\u0007' },
  headers: {
    ...{ 'content-type': 'application/json', 'webhook-id': '1', 'webhook-timestamp': '2' },
    ...{ 'webhook-signature': 'v1,x', cookie: 'session=admin', 'x-forwarded-user': 'root' },
  },
  body: '{"type":"user.created"}',
}

/** What the application got, and what the terminal shows. */
async function listen() {
  const received: IncomingHttpHeaders[] = []
  const application = await serveApi((request, response) => {
    received.push(request.headers)
    response.writeHead(204).end()
  })
  const server = await serveApi((request, response) => {
    if (request.method === 'DELETE') return response.writeHead(204).end()
    const isTake = request.url?.endsWith('/take') === true
    response.writeHead(isTake ? 200 : 201, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(
        isTake ? { items: [webhook] } : { id: 'listener-1', secret: 'whsec_x', public_key: 'whpk_x' },
      ),
    )
  })
  servers.push(application, server)
  const args = ['webhooks', 'listen', '--count', '1', '--forward-to', `${application.issuer}/hooks`]
  return { received, ...(await runCli(server.issuer, ...args)) }
}

it('hands the application the headers of a webhook, and no others', async () => {
  const { received, code } = await listen()
  expect([code, received.length]).toEqual([0, 1])
  expect(received[0]).toMatchObject({ 'webhook-id': '1', 'webhook-signature': 'v1,x' })
  expect(received[0]).not.toHaveProperty('cookie')
  expect(received[0]).not.toHaveProperty('x-forwarded-user')
})

it('shows what steers the terminal as text', async () => {
  const { stdout } = await listen()
  expect(stdout).toContain('user.created\\u{1b}]0;owned')
  expect(stdout).not.toContain('\u001b')
})
