/** Names in place of ids and beside them: what is asked of the server, and what happens when it does not tell. */
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeServer, runCli, serveApi } from './fake-server.ts'

const ada = '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60'
const eve = '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f61'

/** Answers by method and path, the query left out; everything else is 404. */
let answers: Record<string, (query: URLSearchParams) => { status?: number; body: unknown }>
let asked: string[]
let server: FakeServer

beforeEach(async () => {
  asked = []
  answers = {}
  server = await serveApi(async (request, response) => {
    await text(request)
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    asked.push(`${request.method} ${decodeURIComponent(request.url ?? '')}`)
    const { status = 200, body } = answers[`${request.method} ${pathname}`]?.(searchParams) ?? {
      status: 404,
      body: { title: 'There is no such thing here', status: 404 },
    }
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  })
})
afterEach(() => server.stop())

const run = (...argv: string[]) => runCli(server.issuer, ...argv)

const page = (...items: object[]) => ({
  body: { items, page_info: { has_next_page: false, next_cursor: null } },
})
const forbidden = { status: 403, body: { title: 'Forbidden', status: 403 } }

describe('an id', () => {
  it('is taken as it is, without a look-up', async () => {
    answers = { [`POST /admin/users/${ada}/disable`]: () => ({ body: {} }) }
    expect((await run('users', 'disable', ada)).code).toBe(0)
    expect(asked).toEqual([`POST /admin/users/${ada}/disable`])
  })

  it('of a client comes before the name of another one', async () => {
    answers = {
      'GET /admin/clients/shop': () => ({ body: { client_id: 'shop' } }),
      'GET /admin/clients': () => page({ client_id: 'other', client_name: 'shop' }),
      'DELETE /admin/clients/shop': () => ({ body: {} }),
    }
    expect((await run('clients', 'delete', 'shop', '--yes', '--if-match', '*')).code).toBe(0)
    expect(asked).toEqual(['GET /admin/clients/shop', 'DELETE /admin/clients/shop'])
  })

  it('is what is meant where the token may not look names up', async () => {
    answers = {
      'GET /admin/clients/shop': () => forbidden,
      'GET /admin/audit/events': () => page(),
    }
    expect((await run('audit', 'events', 'list', '--client-id', 'shop')).code).toBe(0)
    expect(asked.at(-1)).toBe('GET /admin/audit/events?client_id=shop')
  })
})

describe('a client that was deleted', () => {
  it.each([
    [['audit', 'events', 'list', '--client-id', 'gone'], '/admin/audit/events?client_id=gone'],
    [['audit', 'events', 'list', '--actor-id', 'gone'], '/admin/audit/events?actor_id=gone'],
    [['audit', 'by-admin', 'gone'], '/admin/audit/admins/gone'],
    [['clients', 'get', 'gone', '--at', '2026-01-01'], '/admin/clients/gone?at=2026-01-01T00:00:00Z'],
  ])('is still found in the past: %j', async (argv, url) => {
    answers = {
      'GET /admin/users': () => page(),
      'GET /admin/clients': () => page(),
      'GET /admin/audit/events': () => page(),
      'GET /admin/audit/admins/gone': () => page(),
    }
    const { stderr } = await run(...argv)
    expect(stderr).toContain('taken as the id of one that was')
    expect(asked.at(-1)).toBe(`GET ${url}`)
  })

  it('is found by who may read clients, but not users', async () => {
    answers = {
      'GET /admin/users': () => forbidden,
      'GET /admin/clients': () => page(),
      'GET /admin/audit/events': () => page(),
    }
    expect((await run('audit', 'events', 'list', '--actor-id', 'gone')).code).toBe(0)
    expect((await run('audit', 'events', 'list', '--user-id', 'gone')).code).toBe(1)
  })

  it('is not taken for one that could be changed', async () => {
    answers = { 'GET /admin/clients': () => page() }
    const { code, stderr } = await run('clients', 'delete', 'gone', '--yes')
    expect([code, stderr]).toEqual([1, expect.stringContaining('There is no client “gone”')])
    expect(asked.filter((one) => !one.startsWith('GET'))).toEqual([])
  })
})

describe('a name', () => {
  it('stands for an id, which is said before anything changes', async () => {
    answers = {
      'GET /admin/users': () => page({ id: ada, username: 'ada' }),
      [`DELETE /admin/users/${ada}`]: () => ({ body: {} }),
    }
    const { code, stderr } = await run('users', 'delete', 'ada', '--yes', '--if-match', '*')
    expect([code, stderr]).toEqual([0, `“ada” is account ${ada}.\n`])
  })

  it.each<[string, string[]]>([
    ['a client', ['clients', 'delete', 'Shop', '--yes']],
    ['an actor', ['audit', 'by-admin', 'Shop']],
  ])('that is the name of more than one thing is refused: %s', async (_, argv) => {
    answers = {
      'GET /admin/users': () => page(),
      'GET /admin/clients': () =>
        page(
          { client_id: 'a', client_name: 'Shop' },
          { client_id: 'b', client_name: 'SHOP' },
          { client_id: 'c', client_name: 'Shop 2' },
        ),
    }
    const { code, stderr } = await run(...argv)
    expect(code).toBe(1)
    expect(stderr).toContain('“Shop” may be any of 2; give the id:\n  client a  Shop\n  client b  SHOP\n')
    expect(asked.filter((one) => !one.startsWith('GET'))).toEqual([])
  })

  it('of a client that somebody has as username, too, is refused', async () => {
    answers = {
      'GET /admin/users': () => page({ id: eve, username: 'shop' }),
      'GET /admin/clients': () => page({ client_id: 'a', client_name: 'Shop' }),
    }
    const { code, stderr } = await run('audit', 'events', 'list', '--actor-id', 'shop')
    expect(code).toBe(1)
    expect(stderr).toContain(`  user ${eve}  shop\n  client a  Shop`)
  })

  it('that nothing has ends with 1, and names the command that shows what there is', async () => {
    answers = { 'GET /admin/clients': () => page(), 'GET /admin/users': () => page() }
    for (const [argv, hint] of [
      [['clients', 'get', 'nope'], 'authly clients list'],
      [['users', 'get', 'nope'], 'authly users list'],
      [['roles', 'get', 'nope'], 'authly roles list'],
    ] as const) {
      const { code, stderr } = await run(...argv)
      expect([code, stderr]).toEqual([1, expect.stringContaining(hint)])
    }
  })

  it('is not looked up by a dry run', async () => {
    const { code, stderr } = await run('users', 'delete', 'ada', '--dry-run')
    expect([code, stderr]).toEqual([0, expect.stringContaining('would be looked up')])
    expect(asked).toEqual([])
  })

  it('is the new id itself when a client is created, and never looked up', async () => {
    answers = { 'POST /admin/clients': () => ({ body: {} }) }
    await run('clients', 'create', '--client-id', 'shop', '--client-name', 'Shop', '--yes')
    expect(asked).toEqual(['POST /admin/clients'])
  })
})

describe('names beside ids', () => {
  const event = { position: 1, type: 'x', outcome: 'success', entity_type: 'user', entity_id: ada }
  const events = () =>
    page(
      { ...event, actor_type: 'client', actor_id: 'shop' },
      { ...event, actor_type: 'user', actor_id: eve },
      { ...event, actor_type: 'client', actor_id: 'shop' },
    )

  it('cost one request for all users and one for all clients', async () => {
    answers = {
      'GET /admin/audit/events': events,
      'GET /admin/users': () => page({ id: ada, username: 'ada' }, { id: eve, username: null, email: 'e@x' }),
      'GET /admin/clients': () => page({ client_id: 'shop', client_name: '山田商店' }),
    }
    const { code, stdout } = await run('audit', 'events', 'list', '--columns', 'actor_id,entity_id')
    expect(code).toBe(0)
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['ACTOR ID', 'ACTOR NAME', 'ENTITY ID', 'ENTITY NAME'],
      ['shop', '山田商店', ada, 'ada'],
      [eve, 'e@x', ada, 'ada'],
      ['shop', '山田商店', ada, 'ada'],
      [''],
    ])
    expect(asked.slice(1)).toEqual([
      `GET /admin/users?ids=${ada},${eve}&limit=100`,
      'GET /admin/clients?ids=shop&limit=100',
    ])
  })

  it('are left out where they may not be read, and in JSON', async () => {
    answers = {
      'GET /admin/audit/events': events,
      'GET /admin/users': () => forbidden,
      'GET /admin/clients': () => forbidden,
    }
    const table = await run('audit', 'events', 'list')
    expect([table.code, table.stderr]).toEqual([0, ''])
    expect(table.stdout).toContain(eve)
    asked = []
    const json = await run('audit', 'events', 'list', '-o', 'json')
    expect(JSON.parse(json.stdout)).toEqual(events().body)
    expect(asked).toHaveLength(1)
  })
})

describe('a client that may ask for offline_access, but not refresh', () => {
  it.each([
    ['openid offline_access', ['authorization_code'], 1],
    ['openid offline_access', ['authorization_code', 'refresh_token'], 0],
    ['openid', ['authorization_code'], 0],
  ])('is warned about: %s with %j', async (scope, grant_types, warnings) => {
    answers = { 'POST /admin/clients': () => ({ body: { client_id: 'a', scope, grant_types } }) }
    const { code, stderr } = await run('clients', 'create', '--client-name', 'A', '--yes')
    expect(code).toBe(0)
    expect(stderr.match(/Warning: /g)?.length ?? 0).toBe(warnings)
    if (warnings > 0)
      expect(stderr).toContain('authly clients update a --grant-types authorization_code,refresh_token')
  })
})

describe('what a person signs in with', () => {
  it('is a line for each single value, and a table for each list', async () => {
    const passkey = {
      ...{ name: 'Phone', credential_id: 'QtZbHrXsSa2N4kVx2dC9Mw', rp_id: 'auth.example' },
      ...{ created_at: '2026-11-23T09:00:00.000Z', last_used_at: null, transports: ['hybrid'] },
    }
    const body = {
      ...{ password: { must_change: false }, passkeys: [passkey], one_time_passwords: [] },
      recovery_codes: { remaining: 7, used: 1 },
    }
    answers = { [`GET /admin/users/${ada}/factors`]: () => ({ body }) }
    const { code, stdout } = await run('users', 'factors', 'list', ada)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^password\.must_change\s+false$/m)
    expect(stdout).toMatch(/^recovery_codes\.remaining\s+7$/m)
    expect(stdout).toMatch(/^passkeys\nNAME\s+CREDENTIAL ID\s/m)
    expect(stdout).toMatch(/^Phone\s+QtZbHrXsSa2N4kVx2dC9Mw\s+auth\.example\s/m)
  })

  it('is named where something of it is removed that there is not', async () => {
    const { code, stderr } = await run('users', 'factors', 'one-time-passwords', 'delete', ada, eve, '--yes')
    expect(code).toBe(1)
    expect(asked).toEqual([`DELETE /admin/users/${ada}/factors/one-time-passwords/${eve}`])
    expect(stderr).toContain('authly users factors list <user_id> shows what there is.')
  })
})
