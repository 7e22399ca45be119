/**
 * `@authly-server/management` across a network that breaks: the live audit trail over both transports, and jobs; and
 * under a rate limit and tokens that end soon.
 */
import { randomBytes } from 'node:crypto'
import {
  createManagement,
  type Management,
  ndjson,
  RateLimited,
  type TailOptions,
} from '@authly-server/management'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket as WsWebSocket } from 'ws'
import { permissionNames } from '../../../src/access/permissions.ts'
import { addClient, issuer } from '../authly.ts'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import type { SeededClient } from '../seed.ts'
import { type FlakyProxy, startFlakyProxy } from './flaky-proxy.ts'

let service: SeededClient
let management: Management
/** The same through a network that breaks. */
let through: Management
let proxy: FlakyProxy
let tokens: string[]
const mark = `sdk${randomBytes(4).toString('hex')}`

beforeAll(async () => {
  service = await addClient({
    ...{ scopes: [...permissionNames], resources: [], grant_types: ['client_credentials'] },
  })
  management = createManagement({ issuer, clientId: service.client_id, clientSecret: service.client_secret })
})
beforeEach(async () => {
  proxy = await startFlakyProxy(issuer)
  tokens = []
  through = throughProxy()
})
afterEach(() => proxy.close())

/** Its tokens come the direct way: the issuer of a token is the Authly, not the proxy. */
function throughProxy(kind?: unknown): Management {
  const token = async () => {
    const response = await fetch(`${issuer}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${service.client_id}:${service.client_secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    const { access_token } = (await response.json()) as { access_token: string }
    tokens.push(access_token)
    return access_token
  }
  return createManagement({
    ...{ issuer: proxy.url, token },
    ...(kind ? { WebSocket: kind as typeof WebSocket } : {}),
  })
}

const create = (name: string) => management.users.create({ username: name, setup: { method: 'none' } })

describe.each([
  ['a WebSocket of the runtime', { transport: 'websocket' }, undefined],
  ['a WebSocket of the package ws', { transport: 'websocket' }, WsWebSocket],
  ['server-sent events', { transport: 'sse' }, undefined],
] satisfies readonly (readonly [string, TailOptions, unknown])[])(
  'audit.tail over %s',
  (_, transport, kind) => {
    it('gives every event once and in order, whenever the connection breaks', async () => {
      if (kind === undefined && transport.transport === 'websocket' && !globalThis.WebSocket) return
      if (kind) through = throughProxy(kind)
      const stop = new AbortController()
      const seen: string[] = []
      let position = 0
      const isDone = (async () => {
        const filter = { types: ['user.created'] as const, actor_id: service.client_id }
        for await (const event of through.audit.tail({
          ...{ ...transport, ...filter, signal: stop.signal },
          onPosition: (now) => (position = now),
        }))
          if (seen.push(String(event.user_id)) === 6) break
      })()
      // The first sign of life says that the tail has begun.
      await vi.waitFor(() => expect(position).toBeGreaterThan(0), { timeout: 20_000 })
      const name = `${mark}-${randomBytes(3).toString('hex')}`
      const expected: string[] = []
      for (let round = 0; round < 3; round++) {
        expected.push((await create(`${name}-${round}-a`)).id)
        await vi.waitFor(() => expect(seen).toContain(expected.at(-1)), { timeout: 20_000 })
        proxy.break()
        // Nobody hears of this one as it happens.
        expected.push((await create(`${name}-${round}-b`)).id)
        proxy.mend()
      }
      await isDone
      expect(seen).toEqual(expected)
      expect(proxy.connections()).toBeGreaterThan(3)
    })
  },
)

describe('audit.tail', () => {
  it('begins where a former process stopped', async () => {
    const first = await create(`${mark}-before`)
    const [event] = await management.audit.events.list({ user_id: first.id }).take(1)
    const second = await create(`${mark}-after`)
    for await (const { user_id } of management.audit.tail({
      ...{ types: ['user.created'], after: Number(event?.position) },
    })) {
      expect(user_id).toBe(second.id)
      break
    }
  })

  it('says why it may not be read', async () => {
    const poor = await addClient({ scopes: ['admin:users:read'], grant_types: ['client_credentials'] })
    const other = createManagement({ issuer, clientId: poor.client_id, clientSecret: poor.client_secret })
    await expect(other.audit.tail()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      ...{ name: 'Forbidden', code: 'insufficient_scope' },
    })
  })
})

describe('jobs.wait', () => {
  it('hears of the end, although the connection breaks meanwhile', async () => {
    const rows = Array.from({ length: 6000 }, (_, index) => ({ username: `${mark}-row-${index}` }))
    const { id } = await through.users.import(ndjson(rows), { contentType: 'application/x-ndjson' })
    let breaks = 0
    const job = await through.jobs.wait(id, {
      onProgress() {
        if (breaks++ >= 3) return
        proxy.break()
        proxy.mend()
      },
    })
    expect(job).toMatchObject({ status: 'succeeded', succeeded: 6000 })
    expect(breaks).toBeGreaterThan(1)
  })
})

describe('under a rate limit', () => {
  let own: OwnAuthly
  let account: SeededClient

  beforeAll(async () => {
    own = await startOwnAuthly({
      AUTHLY_RATE_LIMITS: JSON.stringify({ 'admin-actor': { capacity: 20, per_seconds: 4 } }),
    })
    account = await own.seed.addClient({
      ...{ scopes: [...permissionNames], resources: [], grant_types: ['client_credentials'] },
    })
  }, 240_000)
  afterAll(() => own?.stop())

  const manage = (more: object = {}) =>
    createManagement({
      ...{ issuer: own.issuer, clientId: account.client_id, clientSecret: account.client_secret },
      ...more,
    })

  it('slows down before it is refused, and every call succeeds', async () => {
    const statuses: number[] = []
    const paced = manage({
      fetch: async (request: Request) => {
        const response = await fetch(request)
        if (request.url.includes('/admin/')) statuses.push(response.status)
        return response
      },
    })
    for (let count = 0; count < 45; count++) await paced.users.count()
    expect(statuses.filter((status) => status === 200)).toHaveLength(45)
  })

  it('waits as Retry-After says when others have spent the limit', async () => {
    let refusals = 0
    const patient = () =>
      manage({
        retry: { maxAttempts: 30 },
        fetch: async (request: Request) => {
          const response = await fetch(request)
          if (response.status === 429) refusals++
          return response
        },
      })
    // One client each: none knows of what the others spend.
    await Promise.all(Array.from({ length: 30 }, () => patient().users.count()))
    expect(refusals).toBeGreaterThan(0)
  })

  it('is refused with an error of its own when it may not wait', async () => {
    const hasty = () => manage({ retry: { maxDelayMs: 0 } }).users.count()
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, hasty))
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(reasons.length).toBeGreaterThan(0)
    for (const reason of reasons) {
      expect(reason).toBeInstanceOf(RateLimited)
      expect(reason.retryAfterMs).toBeGreaterThan(0)
    }
  })
})

describe('tokens that end', () => {
  it('are replaced ahead of time by this clock, and after a refusal by the server’s', async () => {
    const short = await addClient({
      ...{ scopes: ['admin:users:read'], resources: [], grant_types: ['client_credentials'] },
      access_token_ttl_seconds: 1,
    })
    const granted: string[] = []
    const used: number[] = []
    const other = createManagement({
      ...{ issuer, clientId: short.client_id, clientSecret: short.client_secret },
      fetch: async (request) => {
        const response = await fetch(request)
        if (request.url.endsWith('/oauth/token')) {
          const answer = (await response.json()) as { access_token: string }
          granted.push(answer.access_token)
          // A clock that believes them to last: only the server's refusal tells.
          return Response.json({ ...answer, expires_in: 3600 })
        }
        used.push(response.status)
        return response
      },
    })
    await other.users.count()
    await vi.waitFor(
      async () => {
        await other.users.count()
        expect(granted.length).toBeGreaterThan(1)
      },
      { timeout: 30_000, interval: 500 },
    )
    expect(used).toContain(401)
    expect(used.at(-1)).toBe(200)
  })
})
