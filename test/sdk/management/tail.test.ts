/** The live audit trail across connections that break, over both transports. */
import {
  type AuditEvent,
  type AuditReset,
  createManagement,
  type Management,
  type TailOptions,
} from '@authly-server/management'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { invalidToken, type Loopback, problem, startLoopback } from './loopback.ts'

let server: Loopback
let sockets: WebSocketServer
const opened: { readonly url: string; readonly protocols: string; readonly acknowledged: number[] }[] = []
/** What the nth WebSocket does; the last one is repeated. */
let scripts: ((socket: WebSocket) => void)[]

beforeEach(async () => {
  server = await startLoopback()
  opened.splice(0)
  scripts = []
  sockets = new WebSocketServer({ server: server.server, handleProtocols: (all) => [...all][0] ?? false })
  sockets.on('connection', (socket, request) => {
    const acknowledged: number[] = []
    opened.push({
      url: String(request.url),
      protocols: String(request.headers['sec-websocket-protocol']).replaceAll(' ', ''),
      acknowledged,
    })
    socket.on('message', (data) => acknowledged.push(JSON.parse(String(data)).position))
    const script = scripts.length > 1 ? scripts.shift() : scripts[0]
    script?.(socket)
  })
})
afterEach(async () => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  for (const socket of sockets.clients) socket.terminate()
  sockets.close()
  await server.close()
})

const client = (more: { readonly WebSocket?: unknown; readonly dpop?: boolean } = { WebSocket }) =>
  createManagement({
    ...{ issuer: server.issuer, clientId: 'service', clientSecret: 'secret' },
    ...(more as { WebSocket: typeof globalThis.WebSocket }),
  })

const event = (position: number) => ({ kind: 'event', position, event: { id: `e${position}` } })
const heartbeat = (position: number) => ({ kind: 'heartbeat', position })
const say =
  (...messages: readonly object[]) =>
  (socket: WebSocket) => {
    for (const message of messages) socket.send(JSON.stringify(message))
  }
const then =
  (first: (socket: WebSocket) => void, second: (socket: WebSocket) => void) => (socket: WebSocket) => {
    first(socket)
    second(socket)
  }
/** Without a close frame, as a network breaks. */
const drop = (socket: WebSocket) => setTimeout(() => socket.terminate(), 20)

/** Reads until `count` events are there. */
async function readWith(
  management: Management,
  count: number,
  options: TailOptions = {},
): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const { id } of management.audit.tail(options) as AsyncIterable<Pick<AuditEvent, 'id'>>)
    if (ids.push(id) >= count) break
  return ids
}

const sse = (...blocks: readonly string[]) => ({
  headers: { 'content-type': 'text/event-stream' },
  body: blocks.map((block) => `${block}\n\n`).join(''),
})
const sseEvent = (position: number) => `id: ${position}\nevent: audit\ndata: {"id":"e${position}"}`

/** Node 22 and Workers have one of their own; in Node 20 it is that of the package. */
const kinds = { 'of the runtime': globalThis.WebSocket, 'of the package ws': WebSocket }

describe.each(Object.entries(kinds).filter(([, kind]) => kind !== undefined))(
  'over a WebSocket %s',
  (_, kind) => {
    const read = (count: number, options?: TailOptions) =>
      readWith(client({ WebSocket: kind }), count, options)

    it('gives each event once and in order, and goes on where it was when the connection breaks', async () => {
      scripts = [
        then(say(heartbeat(4), event(5), event(6)), drop),
        // The server may begin earlier than what was given.
        then(say(event(6), event(7), heartbeat(9)), drop),
        say(event(12)),
      ]
      expect(await read(4)).toEqual(['e5', 'e6', 'e7', 'e12'])
      expect(opened.map(({ url }) => new URL(url, server.issuer).searchParams.get('after'))).toEqual([
        null,
        '6',
        '9',
      ])
    })

    it('sends filters in the address and the token beside it, where no log has it', async () => {
      scripts = [say(event(8))]
      await read(1, { types: ['user.created', 'user.deleted'], outcome: 'success', after: 7 })
      expect(opened[0]?.url).toBe(
        '/admin/audit/stream/ws?types=user.created%2Cuser.deleted&outcome=success&after=7',
      )
      expect(opened[0]?.protocols).toBe('authly.bearer,token-1')
    })

    it('acknowledges what has been dealt with, so that a slow reader holds the server up', async () => {
      scripts = [say(...Array.from({ length: 300 }, (_, index) => event(index + 1)))]
      let count = 0
      for await (const _ of client({ WebSocket: kind }).audit.tail()) {
        count++
        if (count === 2) await new Promise((resolve) => setTimeout(resolve, 50))
        if (count === 2) expect(opened[0]?.acknowledged).toEqual([])
        if (count === 300) break
      }
      await expect.poll(() => opened[0]?.acknowledged).toEqual([128, 256])
    })

    it('tells the position up to which everything has been given', async () => {
      scripts = [say(heartbeat(4), event(5), heartbeat(8), event(9), event(10))]
      const positions: number[] = []
      await read(3, { onPosition: (position) => positions.push(position) })
      // The last one was not dealt with: the loop was left in it.
      expect(positions).toEqual([4, 5, 8, 9])
    })

    it('gets a new token when the old one has ended (4401)', async () => {
      scripts = [
        (socket) => {
          say(event(5), { kind: 'closed', reason: 'token_ended' })(socket)
          socket.close(4401)
        },
        say(event(6)),
      ]
      expect(await read(2)).toEqual(['e5', 'e6'])
      expect(opened.map(({ protocols }) => protocols)).toEqual([
        'authly.bearer,token-1',
        'authly.bearer,token-2',
      ])
    })

    it('ends when the right was withdrawn (4403)', async () => {
      scripts = [
        (socket) => {
          say({ kind: 'closed', reason: 'forbidden' })(socket)
          socket.close(4403)
        },
      ]
      await expect(read(1)).rejects.toMatchObject({ code: 'forbidden' })
      expect(opened).toHaveLength(1)
    })

    it('ends with an error when events may be missing, unless the caller wants to hear of it', async () => {
      const reset = { kind: 'reset', reason: 'events_removed', after: 2, position: 40 }
      scripts = [say(reset, event(41))]
      await expect(read(1, { after: 2 })).rejects.toMatchObject({ code: 'audit_gap' })
      const resets: AuditReset[] = []
      expect(await read(1, { after: 2, onReset: (what) => resets.push(what) })).toEqual(['e41'])
      expect(resets).toMatchObject([{ reason: 'events_removed', after: 2, position: 40 }])
    })

    it.each([['hello'], ['{"kind":"event"}'], ['{"kind":"event","position":"5","event":{}}'], ['[]']])(
      'is refused when a message is %s',
      async (text) => {
        scripts = [(socket) => socket.send(text)]
        await expect(read(1)).rejects.toMatchObject({ code: 'invalid_response' })
      },
    )

    it('ends with the signal of the caller, and closes the connection', async () => {
      scripts = [say(event(5))]
      const stop = new AbortController()
      const reading = (async () => {
        for await (const _ of client({ WebSocket: kind }).audit.tail({ signal: stop.signal }))
          stop.abort(new Error('enough'))
      })()
      await expect(reading).rejects.toThrow('enough')
      await expect.poll(() => sockets.clients.size).toBe(0)
    })
  },
)

describe('where no WebSocket opens', () => {
  it('a stream of server-sent events takes its place', async () => {
    sockets.close()
    server.server.removeAllListeners('upgrade')
    server.server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
    server.say(sse(sseEvent(5), sseEvent(6)))
    expect(await readWith(client(), 2, { families: ['user'], after: 4 })).toEqual(['e5', 'e6'])
    expect(server.asked[0]?.url).toBe('/admin/audit/stream?families=user&after=4')
  })

  it('the reason is that of the request in its place', async () => {
    server.server.removeAllListeners('upgrade')
    server.server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
    server.say(problem(403, 'insufficient_scope'))
    await expect(readWith(client(), 1)).rejects.toMatchObject({
      name: 'Forbidden',
      code: 'insufficient_scope',
    })
  })
})

describe('over server-sent events (no WebSocket in Node 20; DPoP)', () => {
  it('gives each event once, across breaks and ends', async () => {
    server.say(
      sse(': heartbeat', 'id: 4', sseEvent(5)),
      'cut',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(`${sseEvent(5)}\n\n${sseEvent(6)}\n\nid: 7\neve`)
        setTimeout(() => response.destroy(), 20)
        return undefined
      },
      problem(503, 'temporarily_unavailable', { 'retry-after': '0' }),
      invalidToken,
      sse('id: 9', sseEvent(10)),
    )
    expect(await readWith(client(), 3, { transport: 'sse' })).toEqual(['e5', 'e6', 'e10'])
    const asked = server.asked.map(({ url }) => new URL(url, server.issuer).searchParams.get('after'))
    expect(asked).toEqual([null, '5', '5', '6', '6', '6'])
    expect(server.askedForTokens).toHaveLength(2)
  })

  it('takes its place where the runtime has no WebSocket, as in Node 20', async () => {
    vi.stubGlobal('WebSocket', undefined)
    server.say(sse(sseEvent(5)))
    expect(await readWith(client({}), 1)).toEqual(['e5'])
    expect(opened).toEqual([])
  })

  it('connects again when nothing is heard for long: the server gives a sign of life every 8 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server.say(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(`${sseEvent(5)}\n\n`)
        return undefined
      },
      sse(sseEvent(6)),
    )
    const seen: string[] = []
    const reading = (async () => {
      for await (const { id } of client().audit.tail({ transport: 'sse' })) if (seen.push(id) === 2) break
    })()
    await vi.waitFor(() => expect(seen).toEqual(['e5']))
    await vi.advanceTimersByTimeAsync(29_000)
    expect(server.asked).toHaveLength(1)
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(1000)
      expect(seen).toEqual(['e5', 'e6'])
    })
    await reading
  })

  it('hears why the server ends it', async () => {
    server.say(sse('event: closed\ndata: {"reason":"forbidden"}'))
    await expect(readWith(client(), 1, { transport: 'sse' })).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('passes over events of a kind that is not known yet', async () => {
    server.say(sse('event: greeting\ndata: {}', sseEvent(5)))
    expect(await readWith(client(), 1, { transport: 'sse' })).toEqual(['e5'])
  })

  it('is what a token that is bound to a key takes: a WebSocket could not prove it (RFC 9449)', async () => {
    server.tokenType = 'DPoP'
    server.say(sse(sseEvent(5)))
    const bound = client({ WebSocket, dpop: true })
    expect(await readWith(bound, 1)).toEqual(['e5'])
    expect(opened).toEqual([])
    await expect(readWith(bound, 1, { transport: 'websocket' })).rejects.toThrow(TypeError)
  })
})
