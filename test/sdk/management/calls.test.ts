/** How calls are made, repeated and given up, against a server that fails as it is told. */
import { inspect } from 'node:util'
import {
  AuthlyError,
  createManagement,
  IdempotencyKeyReused,
  type Management,
  ndjson,
  PreconditionFailed,
  RateLimited,
  ServerFailed,
  StepUpRequired,
} from '@authly-server/management'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import manifest from '../../../sdk/js/management/package.json' with { type: 'json' }
import { type Loopback, problem, startLoopback } from './loopback.ts'

const secret = 'a-secret-that-nobody-may-see'
const user = { id: 'u1', username: 'ada', profile: {} }
const userAnswer = { body: user, headers: { etag: '"3"' } }
const later = problem(503, 'temporarily_unavailable', { 'retry-after': '0' })

let server: Loopback
let management: Management

beforeEach(async () => {
  server = await startLoopback()
  management = createManagement({ issuer: server.issuer, clientId: 'service', clientSecret: secret })
})
afterEach(() => server.close())

const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )

describe('a call', () => {
  it('sends token and user agent, and reads the ETag', async () => {
    server.say(userAnswer)
    const read = await management.users.get('u1')
    expect(read).toEqual(user)
    expect(read.etag).toBe('"3"')
    // It is no member of the account: what is sent back does not hold it.
    expect(JSON.stringify(read)).toBe(JSON.stringify(user))
    expect(server.asked[0]).toMatchObject({ method: 'GET', url: '/admin/users/u1' })
    expect(server.asked[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'user-agent': `authly-management-js/${manifest.version}`,
    })
  })

  it('sends a merge patch with If-Match (RFC 7396, RFC 9110 §13.1.1)', async () => {
    server.say(userAnswer)
    await management.users.update('u1', { profile: { name: null } }, { ifMatch: '"2"' })
    expect(server.asked[0]).toMatchObject({ method: 'PATCH', body: '{"profile":{"name":null}}' })
    expect(server.asked[0]?.headers).toMatchObject({
      'if-match': '"2"',
      'content-type': 'application/merge-patch+json',
    })
  })

  it('joins lists of the query as the API takes them, and leaves out what is undefined', async () => {
    server.say({ body: { items: [], page_info: { has_next_page: false, next_cursor: null } } })
    await management.audit.events
      .list({ types: ['user.created', 'user.deleted'], user_id: undefined, limit: 5 })
      .page()
    expect(server.asked[0]?.url).toBe('/admin/audit/events?types=user.created%2Cuser.deleted&limit=5')
  })

  it('names one setting by its name', async () => {
    server.say({ body: { value: 5 }, headers: { etag: '"0"' } })
    await management.settings.update('sessions.max_per_user', { value: 5 }, { ifMatch: '"0"' })
    expect(server.asked[0]).toMatchObject({ method: 'PATCH', url: '/admin/settings/sessions.max_per_user' })
  })

  // Attack: an id from outside that turns one session into all of them, or one operation into another.
  it.each(['', '.', '..', undefined, 7])('refuses the id %j, and sends nothing', async (id) => {
    server.say({ status: 204 })
    expect(() => management.users.sessions.delete('u1', id as string)).toThrow(TypeError)
    expect(server.asked).toEqual([])
  })

  it('encodes what an id may contain', async () => {
    server.say({ status: 204 })
    await management.users.sessions.delete('u1', '../x?y#z/%2e')
    expect(server.asked[0]?.url).toBe('/admin/users/u1/sessions/..%2Fx%3Fy%23z%2F%252e')
  })

  it('demands the version of what is changed', async () => {
    await expect(management.users.delete('u1', {} as { ifMatch: string })).rejects.toThrow(TypeError)
    expect(server.asked).toEqual([])
  })

  it('does not follow a redirect, which would take the token along', async () => {
    const other = await startLoopback()
    try {
      other.say(userAnswer)
      server.say({ status: 307, headers: { location: `${other.issuer}/admin/users/u1` } })
      expect(await failure(management.users.get('u1'))).toMatchObject({ code: 'http_307' })
      expect(other.asked).toEqual([])
    } finally {
      await other.close()
    }
  })

  it.each([
    ['text', { body: 'hello' }],
    ['nothing', { status: 204 }],
    ['a list', { body: [user] }],
    ['half of an object', { body: '{"id":', headers: { 'content-type': 'application/json' } }],
  ])('that is answered with %s fails once, and says which request', async (_, said) => {
    server.say({ ...said, headers: { 'x-request-id': 'request-7' } })
    const error = await failure(management.users.get('u1'))
    expect(error).toMatchObject({ code: 'invalid_response', requestId: 'request-7' })
    expect(server.asked).toHaveLength(1)
  })
})

describe('a call that failed', () => {
  it('is repeated when that does no harm, with one key for all attempts', async () => {
    server.say('cut', later, later, { status: 201, ...userAnswer })
    expect(await management.users.create({ username: 'ada', setup: { method: 'none' } })).toEqual(user)
    const keys = server.asked.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toHaveLength(4)
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[\w-]{22,}$/)
    server.asked.splice(0)
    await management.users.create({ username: 'ada', setup: { method: 'none' } })
    expect(server.asked[0]?.headers['idempotency-key']).not.toBe(keys[0])
  })

  it('has the key of the caller, if there is one', async () => {
    server.say({ status: 204 })
    await management.users.disable('u1', { idempotencyKey: 'order-7' })
    expect(server.asked[0]?.headers['idempotency-key']).toBe('order-7')
  })

  it('is given up after four attempts, with the last answer', async () => {
    server.say(later)
    const error = await failure(management.users.get('u1'))
    expect(error).toBeInstanceOf(ServerFailed)
    expect(error).toMatchObject({ requestId: 'request-1', status: 503 })
    expect(server.asked).toHaveLength(4)
  })

  it('is not repeated if it is a PATCH: it may have acted', async () => {
    server.say('cut', userAnswer)
    expect(await failure(management.users.update('u1', {}, { ifMatch: '*' }))).toMatchObject({
      code: 'network_error',
    })
    expect(server.asked).toHaveLength(1)
  })

  it('is read again when the answer broke off', async () => {
    server.say((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"id":')
      response.flushHeaders()
      setImmediate(() => response.destroy())
      return undefined
    }, userAnswer)
    expect(await management.users.get('u1')).toEqual(user)
  })

  it('is done when what is deleted is gone, and the answer that said so was lost', async () => {
    server.say('cut', problem(404, 'not_found'))
    await management.users.delete('u1', { ifMatch: '"3"' })
    expect(server.asked).toHaveLength(2)
    server.say(problem(404, 'not_found'))
    expect(await failure(management.users.delete('u1', { ifMatch: '"3"' }))).toMatchObject({
      code: 'not_found',
    })
  })

  it('says of a 412 after a lost answer that there was one: the change may be our own', async () => {
    server.say('cut', problem(412, 'precondition_failed', { etag: '"4"' }))
    const error = await failure(management.users.setRoles('u1', { roles: [] }, { ifMatch: '"3"' }))
    expect(error).toBeInstanceOf(PreconditionFailed)
    expect(error).toMatchObject({ etag: '"4"', cause: { code: 'network_error' } })
  })

  it('waits as long as the server asks, and not longer than allowed', async () => {
    const strict = createManagement({
      ...{ issuer: server.issuer, clientId: 'service', clientSecret: secret },
      retry: { maxDelayMs: 5000 },
    })
    server.say(problem(429, 'too_many_requests', { 'retry-after': '6' }))
    const error = await failure(strict.users.get('u1'))
    expect(error).toBeInstanceOf(RateLimited)
    expect(error).toMatchObject({ retryAfterMs: 6000 })
    expect(server.asked).toHaveLength(1)
  })

  it('is not repeated when a key was used for something else (422)', async () => {
    server.say(problem(422, 'idempotency_key_reused'))
    expect(await failure(management.users.disable('u1'))).toBeInstanceOf(IdempotencyKeyReused)
    expect(server.asked).toHaveLength(1)
  })

  it('asks for a new sign-in by an error of its own, and for no new token (RFC 9470)', async () => {
    server.say(
      problem(401, 'insufficient_user_authentication', {
        'www-authenticate': 'Bearer error="insufficient_user_authentication", max_age="300"',
      }),
    )
    const error = await failure(management.keys.rotate({ alg: 'ES256' }))
    expect(error).toBeInstanceOf(StepUpRequired)
    expect(error).toMatchObject({ maxAge: 300 })
    expect(server.askedForTokens).toHaveLength(1)
  })
})

describe('an upload', () => {
  it('of rows is sent as JSON lines, and again after a failure', async () => {
    const rows = Array.from({ length: 2000 }, (_, index) => ({ username: `user-${index}` }))
    server.say('cut', later, { status: 202, body: { id: 'j1', status: 'queued' } })
    const job = await management.users.import(ndjson(rows), {
      contentType: 'application/x-ndjson',
      on_conflict: 'skip',
    })
    expect(job).toMatchObject({ id: 'j1' })
    expect(server.asked).toHaveLength(3)
    for (const { body, url, headers } of server.asked.slice(1)) {
      expect(url).toBe('/admin/users/import?on_conflict=skip')
      expect(headers['content-type']).toBe('application/x-ndjson')
      const lines = body.split('\n').filter(Boolean)
      expect(lines.map((line) => JSON.parse(line))).toEqual(rows)
    }
    expect(new Set(server.asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  })

  it('of a stream, which can be read once, is sent once', async () => {
    server.say(later, { status: 202, body: { id: 'j1' } })
    const stream = new Blob(['username\r\nada\r\n']).stream()
    expect(await failure(management.users.bulk.create(stream, { contentType: 'text/csv' }))).toBeInstanceOf(
      ServerFailed,
    )
    expect(server.asked).toHaveLength(1)
    expect(server.asked[0]?.body).toBe('username\r\nada\r\n')
  })

  it('must say what it is', async () => {
    await expect(management.users.import('username\r\n', {} as { contentType: 'text/csv' })).rejects.toThrow(
      TypeError,
    )
  })
})

describe('a download', () => {
  it('gives the rows of JSON lines as they arrive', async () => {
    server.say({
      headers: {
        'content-type': 'application/x-ndjson',
        'content-disposition': 'attachment; filename="r.ndjson"',
      },
      body: '{"line":1}\n{"line":2}\r\n\n{"line":3}',
    })
    const file = await management.jobs.results('j1')
    expect(file.filename).toBe('r.ndjson')
    const rows: unknown[] = []
    for await (const row of file.rows()) rows.push(row)
    expect(rows).toEqual([{ line: 1 }, { line: 2 }, { line: 3 }])
  })

  it('of another format has no rows, but text and bytes', async () => {
    const csv = { headers: { 'content-type': 'text/csv' }, body: 'line\r\n1\r\n' }
    server.say(csv)
    const file = await management.users.export({ format: 'csv', q: 'ada' })
    await expect(file.rows()[Symbol.asyncIterator]().next()).rejects.toThrow(TypeError)
    expect(await file.text()).toBe(csv.body)
    const bytes: Uint8Array[] = []
    for await (const chunk of await management.users.export({ format: 'csv' })) bytes.push(chunk)
    expect(Buffer.concat(bytes).toString()).toBe(csv.body)
  })

  it('with a broken line fails without showing it', async () => {
    server.say({ headers: { 'content-type': 'application/x-ndjson' }, body: '{"password":"pencil"\n' })
    const rows = (await management.jobs.results('j1', { file: 'credentials' })).rows()
    const error = await failure(rows[Symbol.asyncIterator]().next())
    expect(error).toMatchObject({ code: 'invalid_response' })
    expect(inspect(error, { depth: 9 })).not.toContain('pencil')
  })
})

describe('the caller', () => {
  it('ends a wait by a signal', async () => {
    const stop = new AbortController()
    server.say((): undefined => void stop.abort(new Error('enough')))
    await expect(management.users.get('u1', { signal: stop.signal })).rejects.toThrow('enough')
    server.say(problem(503, 'temporarily_unavailable', { 'retry-after': '50' }))
    const waiting = management.users.get('u1', { signal: AbortSignal.timeout(50) })
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(await failure(management.users.get('u1', { signal: stop.signal }))).toMatchObject({
      message: 'enough',
    })
  })

  it('limits the time of an attempt', async () => {
    server.say((): undefined => undefined)
    const error = await failure(management.users.update('u1', {}, { ifMatch: '*', timeoutMs: 50 }))
    expect(error).toMatchObject({ code: 'network_error', description: 'no answer within 50 ms' })
  })
})

describe('no secret and no token', () => {
  it('is in what is thrown, or in the client as a log would show it', async () => {
    const failures: unknown[] = []
    for (const answer of ['cut', later, problem(401, 'invalid_token'), { body: 'hello' }] as const) {
      server.say(answer)
      failures.push(await failure(management.users.get('u1')))
    }
    server.sayForTokens({ status: 401, body: { error: 'invalid_client' } })
    const other = createManagement({ issuer: server.issuer, clientId: 'service', clientSecret: secret })
    failures.push(await failure(other.users.get('u1')))
    failures.push(
      await failure(createManagement({ issuer: server.issuer, token: () => `${secret}\n` }).users.get('u1')),
    )
    expect(failures.at(-2)).toBeInstanceOf(AuthlyError)
    const seen = inspect([failures, management, other], { depth: 20, showHidden: true, getters: true })
    expect(seen).toContain('invalid_client')
    for (const hidden of [secret, 'token-1', btoa(`service:${secret}`)]) expect(seen).not.toContain(hidden)
  })

  it('goes over plain http, except on this machine', () => {
    for (const issuer of ['http://auth.example.com', 'ftp://auth.example.com', 'auth.example.com', ''])
      expect(() => createManagement({ issuer, token: () => 't' })).toThrow(TypeError)
  })
})
