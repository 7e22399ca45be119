/**
 * Every answer has an id, and the log explains each refusal and error by it, in one line. Of successes only a sample has
 * a line; here that is none (vitest.worker.config.ts).
 */
import { SELF } from 'cloudflare:test'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { postForm, type RegisteredClient, registerClient, send } from './worker-client.ts'

interface LogLine {
  readonly event: string
  readonly request_id: string
  readonly method: string
  readonly route: string
  readonly outcome: string
  readonly status: number
  readonly error?: string
  readonly detail?: string
}

let lines: LogLine[]
let client: RegisteredClient
beforeAll(async () => {
  client = await registerClient('client_secret_basic', { grant_types: ['client_credentials'] })
})
beforeEach(() => {
  lines = []
  const keep = (text: unknown) => {
    if (typeof text === 'string' && text.includes('request_id')) lines.push(JSON.parse(text))
  }
  vi.spyOn(console, 'warn').mockImplementation(keep)
  vi.spyOn(console, 'error').mockImplementation(keep)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const basic = (secret: string) => ({ authorization: `Basic ${btoa(`${client.client_id}:${secret}`)}` })
const html = { accept: 'text/html' }

const answered: [what: string, request: () => Promise<Response>][] = [
  ['discovery', () => send('/.well-known/openid-configuration')],
  ['keys', () => send('/.well-known/jwks.json')],
  ['a preflight', () => send('/oauth/token', { method: 'OPTIONS' })],
  ['a page', () => send('/login', { headers: html })],
  ['a redirect to another page', () => send('/account', { headers: html })],
  ['a token', () => postForm('/oauth/token', { grant_type: 'client_credentials' }, basic(client.secret))],
  ['an inactive token', () => postForm('/oauth/introspect', { token: 'x' }, basic(client.secret))],
  ['a style sheet of the pages', async () => send(await pathOfAsset())],
]

async function pathOfAsset(): Promise<string> {
  const page = await (await send('/login', { headers: html })).text()
  return /href="(\/assets\/[^"]+)"/.exec(page)?.[1] ?? '/no-asset'
}

const refused: [what: string, status: number, request: () => Promise<Response>][] = [
  ['an unknown page', 404, () => send('/nothing', { headers: html })],
  ['an unknown path', 404, () => send('/nothing', { headers: { accept: 'application/json' } })],
  ['an unknown admin path', 404, () => send('/admin/nothing')],
  ['an admin call without a token', 401, () => send('/admin/users')],
  [
    'an admin call with a wrong token',
    401,
    () => send('/admin/users', { headers: { authorization: 'Bearer x' } }),
  ],
  ['a wrong method', 405, () => send('/oauth/token')],
  ['a wrong media type', 415, () => send('/oauth/token', { method: 'POST', body: '{}' })],
  ['an unknown grant type', 400, () => postForm('/oauth/token', { grant_type: 'x' }, basic(client.secret))],
  [
    'a wrong secret',
    401,
    () => postForm('/oauth/token', { grant_type: 'client_credentials' }, basic('wrong-secret-value')),
  ],
  ['an unknown client', 400, () => send('/oauth/authorize?client_id=nobody', { headers: html })],
  ['userinfo without a token', 401, () => send('/oidc/userinfo')],
  ['a form from elsewhere', 403, () => postForm('/login', { identifier: 'a', password: 'hunter2-typed' })],
  ['a sign-in that is none', 400, () => send('/oauth/authorize/resume?interaction=x', { headers: html })],
  [
    'a refusal that travels to the application',
    303,
    () =>
      send(
        `/oauth/authorize?${new URLSearchParams({
          ...{ client_id: client.client_id, redirect_uri: 'https://app.example/callback' },
          ...{ response_type: 'token', state: 'private-state-value' },
        })}`,
        { headers: html },
      ),
  ],
]

describe('every answer has a request id', () => {
  it.each(answered)('%s, and a success writes no line', async (_, request) => {
    const response = await request()
    expect(response.status).toBeLessThan(400)
    expect(response.headers.get('x-request-id')).toMatch(/^[\w-]{8,}$/)
    expect(lines).toEqual([])
  })

  it.each(refused)('%s (%i), and its line explains it', async (_, status, request) => {
    const response = await request()
    expect(response.status).toBe(status)
    const id = response.headers.get('x-request-id')
    expect(id).toMatch(/^[\w-]{8,}$/)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      ...{ level: 'warn', event: 'request_refused', request_id: id, status, outcome: 'refused' },
      ...{
        region: 'local',
        trace_id: expect.stringMatching(/^[\da-f]{32}$/),
        duration_ms: expect.any(Number),
      },
    })
    const line = lines[0] as LogLine & Record<string, unknown>
    expect(line.error ?? line.detail ?? line['description']).toBeTruthy()
    // The id that people and programs see in the body is the same.
    const body = await response.text()
    if (response.headers.get('content-type')?.includes('problem')) {
      expect(JSON.parse(body).request_id).toBe(id)
    } else if (status !== 303 && body.startsWith('<')) expect(body).toContain(id)
  })

  it('and differs from request to request', async () => {
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await send('/.well-known/jwks.json')).headers.get('x-request-id')),
    )
    expect(new Set(ids).size).toBe(3)
  })

  it('an error of ours, whose line has the cause and whose answer has not', async () => {
    const { default: worker } = await import('../../src/worker.ts')
    const { createExecutionContext, env } = await import('cloudflare:test')
    const broken = { ...env, USER_SESSIONS: undefined } as unknown as Env
    const handle = 'x'
    const ctx = createExecutionContext()
    const request = new Request('https://auth.test/account', { headers: { ...html, cookie: handle } })
    const notConfigured = await worker.fetch(request, { ...broken, AUTHLY_ISSUER: undefined } as Env, ctx)
    expect(notConfigured.status).toBe(500)
    expect(notConfigured.headers.get('x-request-id')).toBe(lines[0]?.request_id)
    expect(lines[0]).toMatchObject({ event: 'request_failed', status: 500 })
    expect(lines[0]?.detail).toContain('AUTHLY_ISSUER is missing')
    expect(await notConfigured.text()).not.toContain('AUTHLY_ISSUER')
  })
})

describe('the line of a refusal', () => {
  it.each([
    ['/oauth/token', '/oauth/token'],
    ['/oauth/token/somebody', '/oauth/token/*'],
    ['/oauth/somebody', '/oauth/*'],
    ['/somebody', '/*'],
    ['/', undefined],
    ['/admin/users/somebody', '/admin/users/{user_id}'],
    ['/admin/users/somebody/somewhere', '/admin/users/{user_id}/*'],
    ['/admin/somebody', '/admin/*'],
  ])('of %s has the route %s, never the path', async (path, route) => {
    await send(path, { method: path === '/' ? 'GET' : 'DELETE' })
    expect(lines[0]?.route).toBe(route)
    expect(JSON.stringify(lines)).not.toContain('somebody')
  })

  it('tells what the caller is not told: which of the secrets, codes and tokens was wrong and why', async () => {
    await postForm('/oauth/token', { grant_type: 'client_credentials' }, basic('wrong'))
    await postForm('/oauth/token', { grant_type: 'x' }, { authorization: `Basic ${btoa('nobody:x')}` })
    expect(lines.map(({ detail }) => detail)).toEqual([expect.any(String), 'unknown client'])
    expect(lines[0]?.detail).not.toBe('unknown client')
  })

  it('says where a fault lies, not what stood there', async () => {
    const response = await SELF.fetch('https://auth.test/admin/users?limit=hunter2')
    expect(response.status).toBe(401)
    expect(JSON.stringify(lines)).not.toContain('hunter2')
  })
})
