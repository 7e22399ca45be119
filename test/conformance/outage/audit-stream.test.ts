/**
 * The live audit stream over real connections, in raw workerd: Postgres stops and comes back, the worker crashes,
 * and still every event reaches both subscribers exactly once and in order.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'

const person = uuidv7()
const path = `/admin/audit/stream?user_id=${person}`
let authly: OwnAuthly
let token: string
const written: string[] = []

beforeAll(async () => {
  authly = await startOwnAuthly()
  const client = await authly.seed.addClient({ scopes: ['admin:audit:read'] })
  const answer = await authly.rp.requestToken(client, {
    grant_type: 'client_credentials',
    scope: 'admin:audit:read',
  })
  token = String(answer.json?.['access_token'])
})
afterAll(() => authly?.stop())

async function write(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const id = uuidv7()
    await authly.seed.database.query(
      `INSERT INTO audit_events (id, type, occurred_at, outcome, actor_type, user_id)
       VALUES ($1, 'session.created', now(), 'success', 'system', $2)`,
      [id, person],
    )
    written.push(id)
  }
}

interface Subscriber {
  readonly ids: readonly string[]
  readonly lastId: string | undefined
  readonly ended: boolean
  stop(): void
}

function overWebSocket(query = ''): Promise<Subscriber> {
  const url = `${authly.issuer.replace('http', 'ws')}${path.replace('stream?', 'stream/ws?')}${query}`
  // As a browser does it.
  const socket = new WebSocket(url, ['authly.bearer', token])
  const ids: string[] = []
  const state = {
    ids,
    lastId: undefined as string | undefined,
    ended: false,
    stop: () => socket.terminate(),
  }
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as { kind: string; position: number; event?: { id: string } }
    state.lastId = String(message.position)
    if (!message.event) return
    ids.push(message.event.id)
    socket.send(JSON.stringify({ kind: 'ack', position: message.position }))
  })
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('open', () => resolve(state))
    socket.on('close', () => {
      state.ended = true
    })
  })
}

async function overSse(headers: Record<string, string> = {}): Promise<Subscriber> {
  const abort = new AbortController()
  const response = await fetch(authly.issuer + path, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: abort.signal,
  })
  expect(response.status).toBe(200)
  let text = ''
  const state = {
    get ids() {
      return [...text.matchAll(/^data: \{"id":"([^"]+)"/gm)].map((match) => match[1] as string)
    },
    get lastId() {
      return [...text.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1]
    },
    ended: false,
    stop: () => abort.abort(),
  }
  const read = async () => {
    for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk as Uint8Array)
  }
  void read()
    .catch(() => undefined)
    .finally(() => {
      state.ended = true
    })
  return state
}

const got = (...subscribers: Subscriber[]) =>
  vi.waitFor(
    () => {
      for (const { ids } of subscribers) expect(ids).toEqual(written)
    },
    { timeout: 40_000, interval: 100 },
  )

describe('a stream of the audit trail', () => {
  let socket: Subscriber
  let sse: Subscriber

  it('brings what is written, to WebSocket and SSE alike', async () => {
    ;[socket, sse] = await Promise.all([overWebSocket(), overSse()])
    await write(20)
    await got(socket, sse)
  })

  it('still listens after longer silence than an idle object lives', async () => {
    await sleep(25_000)
    await write(1)
    await got(socket, sse)
  }, 90_000)

  it('outlives an outage of Postgres: what is written after it comes, once', async () => {
    await authly.stack.stopPostgres('immediate')
    await sleep(3000)
    await authly.stack.startPostgres()
    await write(5)
    await got(socket, sse)
    expect([socket.ended, sse.ended]).toEqual([false, false])
  }, 90_000)

  it('goes on behind the last id after the worker crashed', async () => {
    const [socketSeen, sseSeen] = [socket.ids.length, sse.ids.length]
    const ids = [socket.lastId, sse.lastId]
    await authly.stack.restartWorker('SIGKILL')
    await vi.waitUntil(() => socket.ended && sse.ended, { timeout: 10_000 })
    await write(5)
    const resumed = await Promise.all([
      overWebSocket(`&after=${ids[0]}`),
      overSse({ 'last-event-id': String(ids[1]) }),
    ])
    await write(5)
    await vi.waitFor(
      () => {
        expect(resumed[0].ids).toEqual(written.slice(socketSeen))
        expect(resumed[1].ids).toEqual(written.slice(sseSeen))
      },
      { timeout: 20_000 },
    )
    for (const each of resumed) each.stop()
  }, 60_000)

  it('leaves no connection to Postgres behind when nobody listens any more', async () => {
    await vi.waitFor(
      async () => {
        const { rows } = await authly.seed.database.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM pg_locks
           WHERE locktype = 'advisory' AND (classid::bigint << 32 | objid::bigint) = 715520260010`,
        )
        expect(rows[0]?.count).toBe(0)
      },
      { timeout: 30_000, interval: 500 },
    )
  }, 40_000)
})
