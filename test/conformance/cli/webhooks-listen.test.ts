/** `authly webhooks listen` against a running server: events reach an application on this machine, signed. */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addUser, database } from '../authly.ts'
import { createHome, giveRoles, type Home, type RunningCommand } from './program.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let home: Home
let application: Server
let answersWith = 204
const received: Received[] = []

beforeAll(async () => {
  const admin = await addUser()
  await giveRoles(admin, ['admin'])
  home = await createHome()
  const login = await home.login(admin)
  expect(login.code, login.stderr).toBe(0)
  application = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) })
    response.writeHead(answersWith).end()
  })
  await new Promise<void>((ready) => application.listen(0, '127.0.0.1', ready))
})
afterAll(async () => {
  application.close()
  await home.remove()
})

const address = () => `http://127.0.0.1:${(application.address() as AddressInfo).port}/hooks`

async function createUser(): Promise<string> {
  const username = `u-${randomBytes(5).toString('hex')}`
  const args = ['users', 'create', '--username', username, '--setup-method', 'temporary_password']
  const { code, stdout, stderr } = await home.run([...args, '--output', 'json'])
  expect(code, stderr).toBe(0)
  return (JSON.parse(stdout) as { id: string }).id
}

async function end(command: RunningCommand) {
  command.child.kill('SIGINT')
  return command.done
}

const listeners = async () =>
  (await database.query("SELECT id FROM webhook_endpoints WHERE kind = 'listener'")).rows.length

it('forwards each event once, as an endpoint gets it, and shows what was answered', async () => {
  const listening = home.start([
    ...['webhooks', 'listen', '--forward-to', address(), '--event-types', 'user.created'],
  ])
  const [, secret = ''] = await listening.seen('stderr', /AUTHLY_WEBHOOK_SECRET=(whsec_\S+)/)
  const id = await createUser()
  await listening.seen('stdout', /user\.created {2}\S+ {2}→ 204 \(\d+ ms\)/)
  answersWith = 500
  const other = await createUser()
  await listening.seen('stdout', /→ 500/)
  answersWith = 204

  expect(received).toHaveLength(2)
  const bodies = received.map(({ headers, body }) => {
    expect(headers['content-type']).toBe('application/json')
    return new Webhook(secret).verify(body, headers as Record<string, string>) as {
      type: string
      data: { id: string; user_id: string }
    }
  })
  expect(bodies.map(({ data }) => data.user_id)).toEqual([id, other])
  expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(bodies.map(({ data }) => data.id))

  // Ctrl-C ends it, and nothing is left of it.
  const { code, stderr } = await end(listening)
  expect(code, stderr).toBe(0)
  expect(await listeners()).toBe(0)

  // The application keeps its configuration.
  const again = home.start(['webhooks', 'listen', '--output', 'ndjson', '--count', '1'])
  await again.seen('stderr', new RegExp(secret.replaceAll('+', '\\+')))
  await createUser()
  const ended = await again.done
  expect(ended.code, ended.stderr).toBe(0)
  expect(JSON.parse(ended.stdout)).toMatchObject({ event_id: expect.any(String), body: { data: {} } })
  expect(await listeners()).toBe(0)
})

it.each(['http://192.0.2.1/hooks', 'ftp://localhost/', 'http://user:pass@localhost/', 'nonsense'])(
  'refuses to forward to %s',
  async (target) => {
    const { code, stderr } = await home.run(['webhooks', 'listen', '--forward-to', target])
    expect(code).toBe(2)
    expect(stderr).toContain('--forward-to')
  },
)
