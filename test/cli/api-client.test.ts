/** Requests of the command line, against a server that misbehaves on order: repetition, waiting, step-up, dry run. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApiClient } from '../../cli/api/api-client.ts'
import { loadCatalogue } from '../../cli/api/catalogue.ts'
import type { Session } from '../../cli/auth/session.ts'
import type { StepUp } from '../../cli/auth/sign-in-with-browser.ts'
import { createCommands } from '../../cli/commands/index.ts'
import { runProgram } from '../../cli/run-program.ts'
import { serveApi } from './fake-server.ts'
import { testTerminal } from './terminal.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
type Reply = { status: number; headers?: Record<string, string>; body?: unknown } | 'break'

let seen: Seen[]
let replies: Reply[]
let issuer: string
let stop: () => void

beforeEach(async () => {
  seen = []
  replies = []
  ;({ issuer, stop } = await serveApi(async (request, response) => {
    const { method = '', url = '', headers } = request
    seen.push({ method, url, headers, body: await text(request) })
    const reply = replies.shift() ?? { status: 200, body: { items: [] } }
    if (reply === 'break') return request.socket.destroy()
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
    response.end(JSON.stringify(reply.body ?? {}))
  }))
})
afterEach(() => stop())

function client(more: Partial<Session> = {}) {
  const terminal = testTerminal()
  const session: Session = {
    ...{ issuer, name: 'test', profile: undefined, stepUp: undefined },
    person: async () => undefined,
    token: async (refused) => (refused === undefined ? 'one' : 'two'),
    ...more,
  }
  return { api: createApiClient({ session, signKey: undefined, terminal, verbose: false }), terminal }
}

const busy = { status: 503, headers: { 'retry-after': '0' } }
const post = { method: 'POST', path: '/admin/roles', body: '{}' }

it('says of a scope that is missing what helps after a new role, and narrows no profile', async () => {
  for (const person of ['ada', undefined]) {
    replies = [{ status: 403, body: { type: 'urn:authly:problem:insufficient_scope' } }]
    const failure = await client({ person: async () => person })
      .api.send({ method: 'GET', path: '/admin/roles' })
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ reason: 'refused', hint: expect.stringContaining('authly login') })
    expect(failure).toMatchObject({ hint: expect.not.stringContaining('--scope') })
    if (person) expect(failure).toMatchObject({ hint: expect.stringContaining('Signed in as ada. No role') })
  }
})

describe('repetition', () => {
  it('uses one Idempotency-Key for all attempts of a POST, also after a broken connection', async () => {
    replies = ['break', busy, { status: 429, headers: { 'retry-after': '0' } }, { status: 201 }]
    expect((await client().api.send(post)).status).toBe(201)
    const keys = seen.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toHaveLength(4)
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('does not repeat a PATCH whose outcome is unknown: it could undo somebody else’s change', async () => {
    replies = ['break']
    await expect(client().api.send({ ...post, method: 'PATCH' })).rejects.toMatchObject({
      reason: 'unavailable',
    })
    expect(seen).toHaveLength(1)
  })

  it('is bounded, and not tried when the server wants a long pause (RFC 9110 §10.2.3)', async () => {
    replies = Array(9).fill(busy)
    await expect(client().api.send(post)).rejects.toMatchObject({ reason: 'unavailable' })
    expect(seen).toHaveLength(5)
    replies = [{ status: 429, headers: { 'retry-after': '3600' } }]
    await expect(client().api.send(post)).rejects.toMatchObject({ reason: 'unavailable' })
    expect(seen).toHaveLength(6)
  })

  it('gets one new token when the server does not take the old one', async () => {
    const refused = { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }
    replies = [refused]
    await client().api.send({ method: 'GET', path: '/admin/roles' })
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer two'])
    replies = [refused, refused]
    await expect(client().api.send({ method: 'GET', path: '/admin/roles' })).rejects.toMatchObject({
      reason: 'signIn',
    })
    expect(seen).toHaveLength(4)
  })
})

describe('step-up', () => {
  const challenge = {
    status: 401,
    headers: {
      'www-authenticate':
        'Bearer error="insufficient_user_authentication", max_age="300", acr_values="urn:a urn:b"',
    },
  }

  it('passes on what the challenge asks for and repeats the request (RFC 9470 §5)', async () => {
    const asked: StepUp[] = []
    const { api } = client({ stepUp: async (needed) => void asked.push(needed) })
    replies = [challenge, { status: 201 }]
    expect((await api.send(post)).status).toBe(201)
    expect(asked).toEqual([{ maxAgeSeconds: 300, acrValues: 'urn:a urn:b' }])
    expect(seen[0]?.headers['idempotency-key']).toBe(seen[1]?.headers['idempotency-key'])
  })

  it('is tried once, and never without somebody there', async () => {
    const { api } = client({ stepUp: async () => undefined })
    replies = [challenge, challenge]
    await expect(api.send(post)).rejects.toMatchObject({ reason: 'signIn' })
    replies = [challenge]
    const failure = await client()
      .api.send(post)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ reason: 'signIn', hint: 'Sign in again: authly login --max-age 300' })
    expect(seen).toHaveLength(3)
  })
})

describe('what the server says', () => {
  const run = async (argv: string[], env: Record<string, string> = {}, stdin = '', isTTY = false) => {
    const terminal = testTerminal({
      env: { HOME: '/nonexistent', AUTHLY_ISSUER: issuer, AUTHLY_TOKEN: 'given', ...env },
      ...{ stdin, isTTY },
    })
    return { code: await runProgram(createCommands(loadCatalogue()), argv, terminal), ...terminal.printed }
  }

  it('is explained field by field (RFC 9457), and cannot steer the terminal', async () => {
    replies = [
      {
        status: 400,
        body: {
          title: 'The request is not valid',
          errors: [
            { pointer: '#/email', detail: 'is \u001b[31mtaken' },
            { parameter: 'limit', detail: 'is too large' },
          ],
        },
      },
    ]
    const { code, stderr } = await run(['roles', 'list'])
    expect(code).toBe(1)
    expect(stderr).toBe(
      'authly: The request is not valid\n  email: is \\u{1b}[31mtaken\n  limit: is too large\n',
    )
  })

  it.each([
    [403, 1],
    [404, 1],
    [409, 1],
    [412, 6],
    [401, 4],
    [500, 3],
  ])('with status %i ends with %i', async (status, code) => {
    replies = [{ status, body: { title: 'No' } }]
    expect((await run(['roles', 'get', 'x'])).code).toBe(code)
  })

  it('reads all pages, each cursor once', async () => {
    const page = (id: number, next: string | null) => ({
      status: 200,
      body: { items: [{ id }], page_info: { has_next_page: next !== null, next_cursor: next } },
    })
    replies = [page(1, 'a'), page(2, 'b'), page(3, null)]
    const { stdout, code } = await run(['users', 'list', '--all', '-o', 'ndjson'])
    expect([code, stdout]).toEqual([0, '{"id":1}\n{"id":2}\n{"id":3}\n'])
    expect(seen.map(({ url }) => url)).toEqual([
      '/admin/users?limit=200',
      '/admin/users?limit=200&cursor=a',
      '/admin/users?limit=200&cursor=b',
    ])
  })

  it('sends what was read as If-Match, and what was given as merge patch (RFC 7396)', async () => {
    replies = [
      { status: 200, headers: { etag: '"7"' } },
      { status: 200, body: { name: 'x' } },
    ]
    const args = ['roles', 'update', 'x', '--description', 'new', '--data', '{"permissions":["a"]}', '--yes']
    expect((await run(args)).code).toBe(0)
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /admin/roles/x',
      'PATCH /admin/roles/x',
    ])
    expect(seen[1]?.headers['if-match']).toBe('"7"')
    expect(seen[1]?.headers['content-type']).toBe('application/merge-patch+json')
    expect(JSON.parse(seen[1]?.body ?? '')).toEqual({ description: 'new', permissions: ['a'] })
  })

  it('is not asked at all by a dry run, and the token is not shown', async () => {
    const { code, stdout } = await run(['roles', 'delete', 'x', '--dry-run', '--output', 'json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'DELETE',
      url: `${issuer}/admin/roles/x`,
      headers: { authorization: 'Bearer <redacted>' },
    })
    for (const args of [
      ['users', 'list'],
      ['roles', 'create', '--name', 'x', '--description', 'y', '--permissions', 'admin:users:read'],
      ['api', 'POST', '/admin/roles', '--data', '{}'],
      ['audit', 'tail'],
      ['whoami'],
      ['login'],
    ]) {
      expect((await run([...args, '--dry-run'])).code, args.join(' ')).toBe(0)
    }
    expect(seen).toEqual([])
  })

  it.each([
    ['admin.ip_allow_list', '192.0.2.0/24,2001:db8::/32', ['192.0.2.0/24', '2001:db8::/32']],
    ['admin.ip_allow_list', '["192.0.2.0/24"]', ['192.0.2.0/24']],
    ['admin.ip_allow_list', '[]', []],
    ['admin.step_up_acr_values', '1', ['1']],
    ['admin.request_signing', 'off', 'off'],
    ['admin.step_up_max_age_seconds', '600', 600],
    ['audit.retention', '{"token":30}', { token: 30 }],
  ])('gets the value of the setting %s: %s', async (name, typed, value) => {
    const { code, stdout } = await run(['settings', 'set', name, typed, '--dry-run', '-o', 'json'])
    expect(code).toBe(0)
    expect(JSON.parse(JSON.parse(stdout).body)).toEqual({ value })
  })

  it('is not asked for a setting that cannot be, with the values that can', async () => {
    const { code, stderr } = await run(['settings', 'set', 'admin.request_signing', 'al', '--yes'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('one of off, dangerous, writes, all')])
    expect(seen).toEqual([])
  })

  it('is not asked before somebody confirmed what is dangerous', async () => {
    const { code, stderr } = await run(['roles', 'delete', 'x', '--if-match', '*'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--yes')])
    expect(seen).toEqual([])
  })

  it('is asked when somebody at the terminal says yes, and only then', async () => {
    const remove = ['roles', 'delete', 'x', '--if-match', '3']
    const asked = await run(remove, {}, 'no\n', true)
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('Delete a role: roles/x? [y/N]')])
    expect(seen).toEqual([])
    replies = [{ status: 200 }]
    expect((await run(remove, {}, 'y\n', true)).code).toBe(0)
    expect(seen.map(({ headers }) => headers['if-match'])).toEqual(['"3"'])
  })

  it('gets no signature of a key that others can read, or that is no private key', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'authly-key-'))
    const key = join(folder, 'key.json')
    try {
      for (const [mode, jwk, message] of [
        [0o644, { kty: 'EC', d: 'x' }, 'Others can read'],
        [0o600, { kty: 'EC' }, 'not a private JWK'],
      ] as const) {
        await writeFile(key, JSON.stringify(jwk))
        await chmod(key, mode)
        const { code, stderr } = await run(['roles', 'list', '--sign-key', key])
        expect([code === 0, stderr]).toEqual([false, expect.stringContaining(message)])
      }
      expect((await run(['roles', 'list', '--sign-key', join(folder, 'none')])).code).toBe(2)
      expect(seen).toEqual([])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('gets no header that overrides the token', async () => {
    const { code } = await run(['api', 'GET', '/admin/roles', '--header', 'Authorization: Bearer x'])
    expect(code).toBe(2)
    expect(seen).toEqual([])
  })
})
