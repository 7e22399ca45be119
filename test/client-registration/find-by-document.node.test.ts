import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createFindByDocument,
  retrySeconds,
  staleSeconds,
} from '../../src/client-registration/find-by-document.ts'
import type { RegisteredClient } from '../../src/clients/client.ts'
import type { Config } from '../../src/config.ts'
import type { Replica } from '../../src/edge-cache/replica.ts'
import type { RateLimitDecision } from '../../src/rate-limits/rate-limiter.ts'
import { toSettings } from '../../src/settings/settings.ts'
import { aClient } from '../fakes/client.ts'
import { createMemoryReplica } from '../fakes/memory-replica.ts'

let server: Server
let address: string
let fetches: number
let respond: (response: ServerResponse) => void
let now: number

const document = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  client_id: address,
  client_name: 'Editor',
  redirect_uris: ['http://127.0.0.1/callback', 'https://editor.example/callback'],
  token_endpoint_auth_method: 'none',
  ...more,
})
const serve = (value: unknown, headers: Record<string, string> = {}) => {
  respond = (response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers })
    response.end(typeof value === 'string' ? value : JSON.stringify(value))
  }
}
const fail = (status: number) => {
  respond = (response) => void response.writeHead(status).end()
}

beforeAll(async () => {
  server = createServer((_, response) => {
    fetches++
    respond(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client.json`
})
afterAll(() => void server.close())
beforeEach(() => {
  fetches = 0
  later.length = 0
  now = 1_800_000_000_000
  serve(document())
})

const catalog = {
  scopes: [
    { name: 'tools', description: 'Tools', resource: 'https://mcp.example/mcp' },
    { name: 'closed', description: 'Closed', resource: 'https://closed.example' },
    { name: 'admin:users:read', description: 'People', resource: undefined },
  ],
  resource_servers: [
    { resource: 'https://mcp.example/mcp', name: 'MCP', open_to_unreviewed: true },
    { resource: 'https://closed.example', name: 'Closed', open_to_unreviewed: false },
  ],
}

interface Isolate {
  readonly replica?: Replica
  readonly stored?: RegisteredClient
  readonly take?: (policy: string, subject: string) => boolean
  readonly documents?: 'on' | 'off'
}

function isolate({
  replica = createMemoryReplica(),
  stored,
  take = () => true,
  documents = 'on',
}: Isolate = {}) {
  return createFindByDocument({
    config: {
      issuer: 'https://auth.test',
      localIssuer: false,
      allowLoopbackFetch: true,
      fetchHosts: new Set(),
    } as unknown as Config,
    now: () => now,
    readSettings: async () => toSettings({ 'client_registration.documents': documents }),
    loadScopeCatalog: async () => catalog,
    rateLimiter: {
      take: async (policy, subject) => ({ allowed: take(policy, subject) }) as RateLimitDecision,
    },
    replica,
    waitUntil: (work) => void later.push(work),
    address: () => '192.0.2.1',
    findStored: async () => stored,
    memory: new Map(),
  })
}
/** What runs on after the response. */
const later: Promise<unknown>[] = []
const settled = () => Promise.all(later)

describe('a document that describes a client', () => {
  test('gives a client that nobody reviewed, with what is open to everybody', async () => {
    expect(await isolate()(address)).toMatchObject({
      ...{ client_id: address, client_name: 'Editor', origin: 'document', reviewed: false, enabled: true },
      ...{
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        require_pkce: true,
        profile: 'mcp',
      },
      ...{ first_party: false, grant_types: ['authorization_code', 'refresh_token'], secrets: [] },
      resources: ['https://mcp.example/mcp'],
      scopes: expect.arrayContaining(['openid', 'offline_access', 'tools']),
      fingerprint: expect.stringMatching(/^[\w-]{43}$/),
    })
    const { scopes } = (await isolate()(address)) as RegisteredClient
    expect(scopes).not.toContain('closed')
    expect(scopes.some((scope) => scope.startsWith('admin:'))).toBe(false)
  })

  test('gets no more scopes than it names, and none that are closed', async () => {
    serve(document({ scope: 'tools closed admin:users:read no-such' }))
    expect((await isolate()(address))?.scopes).toEqual(['tools'])
  })

  test('is not asked for while the setting is off', async () => {
    expect(await isolate({ documents: 'off' })(address)).toBeUndefined()
    expect(fetches).toBe(0)
  })

  test('may name grant types that this server does not know', async () => {
    const device = 'urn:ietf:params:oauth:grant-type:device_code'
    serve(
      document({
        grant_types: ['authorization_code', device, 'client_credentials'],
        response_types: ['code', 'token'],
      }),
    )
    expect(await isolate()(address)).toMatchObject({
      grant_types: ['authorization_code'],
      response_types: ['code'],
    })
  })

  test('has no say in what only administrators set', async () => {
    serve(
      document({
        ...{
          first_party: true,
          reviewed: true,
          require_pkce: false,
          nonce_optional: true,
          origin: 'administrator',
        },
        ...{ enabled: true, serves_resources: ['https://mcp.example/mcp'], access_token_ttl_seconds: 86_400 },
        ...{ policy_uri: 'https://editor.example/policy', client_uri: 'https://editor.example' },
      }),
    )
    const found = await isolate()(address)
    expect(found).toMatchObject({
      ...{
        first_party: false,
        reviewed: false,
        require_pkce: true,
        nonce_optional: false,
        origin: 'document',
      },
      serves_resources: [],
    })
    for (const name of ['access_token_ttl_seconds', 'policy_uri', 'client_uri'] as const) {
      expect(found?.[name]).toBeUndefined()
    }
  })

  test.each<readonly [string, () => unknown]>([
    ['names another address (draft §4)', () => document({ client_id: 'https://app.example/client.json' })],
    ['names none', () => document({ client_id: undefined })],
    ['has a secret (draft §4.1)', () => document({ client_secret: 'known to everybody' })],
    ['says when its secret ends (draft §4.1)', () => document({ client_secret_expires_at: 0 })],
    [
      'authenticates by a secret (draft §4.1)',
      () => document({ token_endpoint_auth_method: 'client_secret_basic' }),
    ],
    ['redirects over http', () => document({ redirect_uris: ['http://editor.example/'] })],
    ['redirects to a script', () => document({ redirect_uris: ['javascript:alert(1)'] })],
    ['redirects nowhere', () => document({ redirect_uris: [] })],
    [
      'has keys at a private address (SSRF)',
      () => document({ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://10.0.0.1/jwks' }),
    ],
    ['has no keys to authenticate with', () => document({ token_endpoint_auth_method: 'private_key_jwt' })],
    ['has a name of two lines', () => document({ client_name: 'Editor\nreviewed' })],
    ['is a list', () => [document()]],
    ['is no JSON', () => '{'],
    ['is null', () => 'null'],
    ['is too large', () => document({ padding: 'x'.repeat(11_000) })],
  ])('counts for nothing when it %s', async (_what, value) => {
    serve(value())
    expect(await isolate()(address)).toBeUndefined()
  })

  test('counts for nothing as a text that somebody left at a host', async () => {
    for (const type of ['text/plain', 'text/html', 'application/jsonp', '']) {
      serve(document(), { 'content-type': type })
      expect(await isolate()(address)).toBeUndefined()
    }
    serve(document(), { 'content-type': 'application/client+json; charset=utf-8' })
    expect(await isolate()(address)).toBeDefined()
  })

  test('is not followed elsewhere', async () => {
    respond = (response) => void response.writeHead(302, { location: '/other.json' }).end()
    expect(await isolate()(address)).toBeUndefined()
    expect(fetches).toBe(1)
  })
})

describe('caching', () => {
  test.each([
    [undefined, 300],
    ['max-age=600', 600],
    ['public, max-age=5', 60],
    ['max-age=99999999', 3600],
    ['no-store', 60],
  ])('by Cache-Control %s it is good for %d s (RFC 9111 §5.2.2, within bounds)', async (header, seconds) => {
    serve(document(), header === undefined ? {} : { 'cache-control': header })
    const find = isolate()
    await find(address)
    now += seconds * 1000 - 1
    await find(address)
    expect(fetches).toBe(1)
    now += 1
    await find(address)
    expect(fetches).toBe(2)
  })

  test('isolates share a copy', async () => {
    const replica = createMemoryReplica()
    await isolate({ replica })(address)
    expect(await isolate({ replica })(address)).toMatchObject({ client_name: 'Editor' })
    expect(fetches).toBe(1)
  })

  test('an outage is bridged by the last copy for a day, also in another isolate; then nothing is known', async () => {
    const replica = createMemoryReplica()
    const find = isolate({ replica })
    const began = now
    await find(address)
    fail(503)
    now += 3600_000
    expect(await find(address)).toMatchObject({ client_name: 'Editor' })
    expect(await isolate({ replica })(address)).toMatchObject({ client_name: 'Editor' })
    const asked = fetches
    expect(await find(address)).toBeDefined()
    expect(fetches).toBe(asked)
    now = began + staleSeconds * 1000
    expect(await find(address)).toBeUndefined()
  })

  test('a document that was taken away is no outage', async () => {
    const find = isolate()
    await find(address)
    fail(404)
    now += 301_000
    expect(await find(address)).toBeUndefined()
  })

  describe.each([
    ['was taken away', () => fail(404)],
    ['became invalid', () => serve(document({ client_id: 'https://other.example/client.json' }))],
  ])('a document that %s counts for nothing at once', (_what, end) => {
    /** Two isolates of a region that know the document, until the first learns that it has ended. */
    const ended = async () => {
      const replica = createMemoryReplica()
      serve(document(), { 'cache-control': 'max-age=3600' })
      const other = isolate({ replica })
      const find = isolate({ replica })
      for (const each of [other, find]) {
        await each(address)
        await settled()
      }
      expect(fetches).toBe(1)
      end()
      now += 3600_000
      expect(await find(address)).toBeUndefined()
      await settled()
      return { replica, find, other }
    }

    test('in an isolate that starts, without another fetch', async () => {
      const { replica } = await ended()
      const asked = fetches
      expect(await isolate({ replica })(address)).toBeUndefined()
      expect(fetches).toBe(asked)
    })

    test('and does not come back while its host is out of order, in any isolate', async () => {
      const { replica, find, other } = await ended()
      fail(503)
      for (let count = 0; count < 3; count++) {
        now += retrySeconds * 1000
        expect(await find(address)).toBeUndefined()
        expect(await other(address)).toBeUndefined()
        expect(await isolate({ replica })(address)).toBeUndefined()
      }
    })

    test('also when the region could not be told', async () => {
      const { entries, get } = createMemoryReplica()
      let isAway = false
      const replica: Replica = {
        get,
        put: async (key, entry) => {
          if (isAway) throw new Error('away')
          entries.set(key, entry)
        },
      }
      const find = isolate({ replica })
      await find(address)
      await settled()
      isAway = true
      end()
      now += 301_000
      expect(await find(address)).toBeUndefined()
      fail(503)
      for (let count = 0; count < 3; count++) {
        now += retrySeconds * 1000
        expect(await find(address)).toBeUndefined()
      }
    })

    test('until it is there again', async () => {
      const { replica, find } = await ended()
      serve(document())
      now += retrySeconds * 1000
      expect(await find(address)).toBeDefined()
      await settled()
      expect(await isolate({ replica })(address)).toBeDefined()
    })

    test('but an address that never had one leaves nothing in the region (flood)', async () => {
      const replica = createMemoryReplica()
      end()
      const find = isolate({ replica })
      for (let count = 0; count < 3; count++) {
        expect(await find(address)).toBeUndefined()
        now += retrySeconds * 1000
      }
      await settled()
      expect(replica.entries.size).toBe(0)
    })
  })

  test('a copy that could not be read during one outage serves in it later', async () => {
    const memory = createMemoryReplica()
    await isolate({ replica: memory })(address)
    await settled()
    let isAway = true
    const get: Replica['get'] = async (key) => {
      if (isAway) throw new Error('away')
      return memory.get(key)
    }
    const find = isolate({ replica: { get, put: memory.put } })
    fail(503)
    now += 301_000
    expect(await find(address)).toBeUndefined()
    isAway = false
    now += retrySeconds * 1000
    expect(await find(address)).toMatchObject({ client_name: 'Editor' })
  })

  test('a replica that never answers is as good as none, and nobody waits for it to store a copy', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const never = new Promise<never>(() => undefined)
      let isAsked = false
      const get: Replica['get'] = () => {
        isAsked = true
        return never
      }
      const found = isolate({ replica: { get, put: () => never } })(address)
      await vi.waitFor(() => expect(isAsked).toBe(true))
      await vi.advanceTimersByTimeAsync(2000)
      vi.useRealTimers()
      expect(await found).toMatchObject({ client_name: 'Editor' })
    } finally {
      vi.useRealTimers()
      later.length = 0
    }
  })

  test('a failure is remembered, so that nobody makes this server ask again and again (flood)', async () => {
    fail(500)
    const find = isolate()
    for (let count = 0; count < 50; count++) expect(await find(address)).toBeUndefined()
    expect(fetches).toBe(1)
    serve(document())
    now += retrySeconds * 1000
    expect(await find(address)).toBeDefined()
  })

  test('fetches are charged to whoever causes them, then to the host (flood)', async () => {
    const taken: string[] = []
    const find = isolate({
      take: (policy, subject) => {
        taken.push(`${policy} ${subject}`)
        return policy !== 'client-document-host'
      },
    })
    expect(await find(address)).toBeUndefined()
    expect(fetches).toBe(0)
    expect(taken).toEqual(['client-document-ip 192.0.2.1', `client-document-host ${new URL(address).host}`])
  })

  test('who has no permits left makes it unknown to nobody else', async () => {
    const replica = createMemoryReplica()
    let allowed = false
    const find = isolate({ replica, take: () => allowed })
    expect(await find(address)).toBeUndefined()
    allowed = true
    expect(await find(address)).toBeDefined()
    allowed = false
    now += 301_000
    expect(await find(address)).toBeDefined()
  })

  test('where only known clients count, nothing is fetched', async () => {
    const find = isolate()
    expect(await find(address, { onlyKnown: true })).toBeUndefined()
    expect(fetches).toBe(0)
    await find(address)
    expect(await find(address, { onlyKnown: true })).toBeDefined()
  })
})

describe('what administrators decided', () => {
  const reviewed = async () => {
    const { fingerprint } = (await isolate()(address)) as RegisteredClient
    return aClient({
      ...{ client_id: address, client_name: 'Our editor', origin: 'document', reviewed: true, fingerprint },
      scopes: ['openid', 'closed'],
    })
  }

  test('holds for the redirect URIs and keys that they saw', async () => {
    const stored = await reviewed()
    expect(await isolate({ stored })(address)).toMatchObject({
      ...{ client_name: 'Our editor', reviewed: true },
      scopes: expect.arrayContaining(['tools', 'closed']),
    })
  })

  test.each([
    ['redirect URIs', { redirect_uris: ['https://evil.example/callback'] }],
    [
      'the method',
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://editor.example/jwks' },
    ],
  ])('and not for other ones: %s (a document that was replaced)', async (_what, more) => {
    const stored = await reviewed()
    serve(document(more))
    const found = await isolate({ stored })(address)
    expect(found).toMatchObject({ reviewed: false, client_name: 'Editor' })
    expect(found?.fingerprint).not.toBe(stored.fingerprint)
  })

  test('the same in another order, or under another name, is the same', async () => {
    const stored = await reviewed()
    serve(
      document({
        redirect_uris: [...(document()['redirect_uris'] as string[])].reverse(),
        client_name: 'New name',
      }),
    )
    expect(await isolate({ stored })(address)).toMatchObject({ reviewed: true, client_name: 'Our editor' })
  })

  test('a disabled one stays so, whatever its document says', async () => {
    const stored = { ...(await reviewed()), enabled: false }
    expect(await isolate({ stored })(address)).toMatchObject({ enabled: false })
    serve(document({ redirect_uris: ['https://evil.example/callback'] }))
    expect(await isolate({ stored })(address)).toMatchObject({ enabled: false })
  })
})
