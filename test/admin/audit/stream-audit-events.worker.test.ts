import { env, runDurableObjectAlarm } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { auditEventSchema } from '../../../src/admin/audit/audit-event.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { write } from '../../audit/stream/stream-client.ts'
import { addAdmin, addServiceAccount, callAdmin, testDependencies } from '../../worker/admin-client.ts'

const wait = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 15_000, interval: 20 })

/** Reads a stream into a string that grows. */
function follow(response: Response) {
  let text = ''
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const read = async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += new TextDecoder().decode(part.value)
    }
  }
  void read().catch(() => undefined)
  return { text: () => text, stop: () => reader.cancel() }
}

const connect = (path: string, headers: Record<string, string>): Promise<Response> =>
  callAdmin(undefined, 'GET', path, { headers: { upgrade: 'websocket', ...headers } })

describe('GET /admin/audit/stream', () => {
  it('streams events as they are written, and resumes behind Last-Event-ID, which wins over after', async () => {
    const auditor = await addAdmin({ roles: ['auditor'] })
    const person = uuidv7()
    const path = `/admin/audit/stream?user_id=${person}`
    const first = await callAdmin(auditor, 'GET', path)
    expect(first.status).toBe(200)
    expect(first.headers.get('content-type')).toBe('text/event-stream')
    expect(first.headers.get('cache-control')).toContain('no-store')
    const live = follow(first)
    const [one] = await write(person)
    await wait(() => live.text().includes(one as string))
    const data = /^data: (.*)$/m.exec(live.text())?.[1] as string
    expect(auditEventSchema.strict().parse(JSON.parse(data)).id).toBe(one)
    const lastId = /id: (\d+)\nevent: audit/.exec(live.text())?.[1] as string
    await live.stop()

    const [two] = await write(person)
    const headers = { 'last-event-id': lastId }
    const again = follow(await callAdmin(auditor, 'GET', `${path}&after=0`, { headers }))
    await wait(() => again.text().includes(two as string))
    expect(again.text()).not.toContain(one)
    await again.stop()
  })

  it('refuses who may not read the trail, and what it does not understand', async () => {
    const support = await addAdmin({ roles: ['support'] })
    expect((await callAdmin(undefined, 'GET', '/admin/audit/stream')).status).toBe(401)
    expect((await callAdmin(support, 'GET', '/admin/audit/stream')).status).toBe(403)
    const service = await addServiceAccount(['admin:users:read'])
    expect((await callAdmin(service, 'GET', '/admin/audit/stream')).status).toBe(403)
    const auditor = await addAdmin({ roles: ['auditor'] })
    for (const query of ['types=user.flown', 'families=none', 'after=-1', 'after=x', 'outcome=ok', 'foo=1']) {
      const response = await callAdmin(auditor, 'GET', `/admin/audit/stream?${query}`)
      expect(response.status, query).toBe(400)
      const { errors } = (await response.json()) as { errors: { parameter: string }[] }
      expect(errors[0]?.parameter).toBe(query.split('=')[0])
    }
    const headers = { 'last-event-id': 'x' }
    expect((await callAdmin(auditor, 'GET', '/admin/audit/stream', { headers })).status).toBe(400)
  })

  it('takes any text in a filter', async () => {
    const auditor = await addAdmin({ roles: ['auditor'] })
    const actor = encodeURIComponent('Zoë 漢字 👋 "\\')
    const stream = await callAdmin(auditor, 'GET', `/admin/audit/stream?actor_id=${actor}&after=0`)
    expect(stream.status).toBe(200)
    await stream.body?.cancel()
  })

  it('ends when the session behind the token is revoked', async () => {
    const auditor = await addAdmin({ roles: ['auditor'] })
    const stream = follow(await callAdmin(auditor, 'GET', '/admin/audit/stream'))
    const sessions = testDependencies().sessionsOf(auditor.id)
    await sessions.endAllSessions({
      now: Date.now(),
      origin: { ip: undefined, user_agent: undefined, request_id: 'test' },
    })
    // The object asks once a minute.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    await runDurableObjectAlarm(env.AUDIT_STREAM.getByName('local'))
    vi.useRealTimers()
    await wait(() => stream.text().includes('event: closed\ndata: {"reason":"token_ended"}'))
  })
})

describe('GET /admin/audit/stream/ws', () => {
  it('takes the bearer from Authorization or, for browsers, from the subprotocol, which it confirms without it', async () => {
    const auditor = await addAdmin({ roles: ['auditor'] })
    const person = uuidv7()
    const path = `/admin/audit/stream/ws?user_id=${person}`
    const program = await connect(path, { authorization: `Bearer ${auditor.token}` })
    const browser = await connect(path, { 'sec-websocket-protocol': `authly.bearer, ${auditor.token}` })
    expect(program.headers.get('sec-websocket-protocol')).toBeNull()
    expect(browser.headers.get('sec-websocket-protocol')).toBe('authly.bearer')
    const messages: string[][] = [[], []]
    for (const [index, response] of [program, browser].entries()) {
      expect(response.status).toBe(101)
      response.webSocket?.addEventListener(
        'message',
        ({ data }) => void messages[index]?.push(data as string),
      )
      response.webSocket?.accept()
    }
    const [id] = await write(person)
    await wait(() => messages.every((got) => got.some((message) => message.includes(id as string))))
  })

  it('refuses a token that is wrong or comes in the URL, and a request that is no upgrade', async () => {
    const auditor = await addAdmin({ roles: ['auditor'] })
    const path = '/admin/audit/stream/ws'
    expect((await connect(path, {})).status).toBe(401)
    expect((await connect(path, { 'sec-websocket-protocol': 'authly.bearer' })).status).toBe(401)
    expect((await connect(path, { 'sec-websocket-protocol': 'authly.bearer, a.b.c' })).status).toBe(401)
    expect((await connect(path, { 'sec-websocket-protocol': `other, ${auditor.token}` })).status).toBe(401)
    expect((await connect(`${path}?access_token=${auditor.token}`, {})).status).toBe(401)
    const plain = await callAdmin(auditor, 'GET', path)
    expect(plain.status).toBe(426)
    expect(plain.headers.get('upgrade')).toBe('websocket')
    // Only where a WebSocket is the answer.
    const elsewhere = await connect('/admin/audit/stream', {
      'sec-websocket-protocol': `authly.bearer, ${auditor.token}`,
    })
    expect(elsewhere.status).toBe(401)
  })
})
