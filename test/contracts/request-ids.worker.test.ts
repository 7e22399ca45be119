/**
 * A request is found by one id: on its error page, in the log, in the audit trail, and by its trace. Callers name their
 * requests and traces as they like, and can put neither in the place of another's.
 */
import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { delay } from '../../src/kit/delay.ts'
import { logWarning } from '../../src/kit/log.ts'
import { runForRequest } from '../../src/kit/request-context.ts'
import { createSpanId, readTraceContext } from '../../src/kit/trace-context.ts'
import worker from '../../src/worker.ts'
import { openBrowser, signIn } from '../login/browser.ts'
import { addPerson, goodPassword } from '../login/people.ts'
import { addAdmin, callAdmin } from '../worker/admin-client.ts'
import { hearLog, loggingAll } from '../worker/hear-log.ts'

const log = hearLog()
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`

async function ask(path: string, init: RequestInit = {}, bindings: Env = loggingAll(env)): Promise<Response> {
  const ctx = createExecutionContext()
  const request = new Request(`https://auth.test${path}`, { redirect: 'manual', ...init })
  const response = await worker.fetch(request, bindings, ctx)
  await waitOnExecutionContext(ctx)
  return response
}

/** Users' objects that cannot be reached when `method` is called. */
function withoutMethod(bindings: Env, method: string): Env {
  const breakStub = (stub: object): object =>
    new Proxy(stub, {
      get(target, name) {
        if (name === method) return () => Promise.reject(new Error('the object is away'))
        const member = Reflect.get(target, name)
        return typeof member === 'function'
          ? (...args: unknown[]) => Reflect.apply(member, target, args)
          : member
      },
    })
  const namespace = new Proxy(bindings.USER_SESSIONS, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        const made: object = Reflect.apply(member, target, args)
        return name === 'get' || name === 'getByName' ? breakStub(made) : made
      }
    },
  })
  return { ...bindings, USER_SESSIONS: namespace }
}

describe('the id on an error page', () => {
  it('leads to the line of the log, to the trace and to the audit event', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    await signIn(browser, person.email, goodPassword)
    const form = await browser.get('/password')
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    // The new password is stored, and then the other sessions cannot be ended.
    const response = await ask(
      '/password',
      {
        method: 'POST',
        headers: { cookie, origin: 'https://auth.test', accept: 'text/html', traceparent },
        body: new URLSearchParams({
          ...form.hidden,
          current_password: goodPassword,
          new_password: 'copper-violin-meadow',
          repeat_password: 'copper-violin-meadow',
        }),
      },
      withoutMethod(loggingAll(env), 'completePasswordChange'),
    )
    expect(response.status).toBe(500)
    const id = response.headers.get('x-request-id') ?? ''
    expect(await response.text()).toContain(id)

    const lines = log.lines.filter(({ request_id }) => request_id === id)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      ...{ event: 'request_failed', route: '/password', status: 500, outcome: 'failed' },
      ...{ trace_id: traceId, detail: expect.stringContaining('the object is away') },
    })
    expect(response.headers.get('server-timing')).toMatch(
      new RegExp(`^trace;desc=00-${traceId}-(?!00f067aa0ba902b7)[\\da-f]{16}-0[01]$`),
    )

    const found = await callAdmin(await addAdmin(), 'GET', `/admin/audit/events?request_id=${id}`)
    const { items } = (await found.json()) as { items: { type: string; user_id: string }[] }
    expect(items).toMatchObject([{ type: 'password.changed', user_id: person.id }])
  })
})

describe('X-Request-Id of a caller', () => {
  const safe = [
    '7',
    'order-4711',
    'f5ae2621ffff2e7d5000bb8f04ef278a',
    '01HZXW2V5K8Q0N6J3T9B7C4D1E',
    'x'.repeat(64),
  ]
  it.each(safe)('%s is logged beside ours, and does not become ours', async (id) => {
    const response = await ask('/oidc/userinfo', { headers: { 'x-request-id': id } })
    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
    expect(log.lines[0]).toMatchObject({
      request_id: response.headers.get('x-request-id'),
      caller_request_id: id,
    })
  })

  it.each([
    ['is empty', ''],
    ['is too long', 'x'.repeat(65)],
    ['has blanks', 'a b'],
    ['is sent twice', 'a, a'],
    ['has a dot, as tokens have', 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln'],
    ['is a name', 'ada@example.com'],
    ['is markup', '<script>'],
    ['ends a JSON text', '"}'],
    ['is no ASCII', '\u00fc'],
  ])('is ignored when it %s', async (_, id) => {
    const response = await ask('/oidc/userinfo', { headers: { 'x-request-id': id } })
    expect(response.status).toBe(401)
    expect(log.lines[0]).not.toHaveProperty('caller_request_id')
    if (id) expect(JSON.stringify([...response.headers])).not.toContain(id)
  })

  it('cannot repeat the id of another request in the audit trail', async () => {
    const admin = await addAdmin()
    const id = crypto.randomUUID()
    for (let round = 0; round < 2; round++) {
      await callAdmin(admin, 'POST', '/admin/roles', {
        headers: { 'x-request-id': id },
        body: { name: `role_${crypto.randomUUID().slice(0, 8)}`, permissions: [] },
      })
    }
    const found = await callAdmin(admin, 'GET', `/admin/audit/events?request_id=${id}`)
    expect(((await found.json()) as { items: unknown[] }).items).toEqual([])
  })
})

describe('traceparent of a caller', () => {
  it('is continued: its trace is in the line and in the response', async () => {
    const response = await ask('/.well-known/jwks.json', { headers: { traceparent } })
    expect(log.lines).toMatchObject([{ level: 'info', event: 'request_served', trace_id: traceId }])
    expect(response.headers.get('server-timing')).toContain(traceId)
  })

  it.each(['', 'x', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `${traceparent}, ${traceparent}`, '%0d%0a'])(
    'is replaced when it is %j',
    async (malformed) => {
      const response = await ask('/.well-known/jwks.json', { headers: { traceparent: malformed } })
      const { trace_id } = log.lines[0] ?? {}
      expect(trace_id).toMatch(/^[\da-f]{32}$/)
      expect(trace_id).not.toBe(traceId)
      expect(response.headers.get('server-timing')).toContain(trace_id)
    },
  )

  it('is not asked for: without one the trace has the number of the request, and the response tells none', async () => {
    const response = await ask('/.well-known/jwks.json')
    expect(response.headers.has('server-timing')).toBe(false)
    expect(log.lines[0]?.trace_id).toBe(response.headers.get('x-request-id')?.replaceAll('-', ''))
  })
})

describe('the line of a success', () => {
  it('is written for the share that the setting says, whatever trace the caller says it belongs to', async () => {
    const half = loggingAll(env, { AUTHLY_LOG_ACCESS_RATIO: '0.5' })
    const chosen = ['f'.repeat(32), `${'0'.repeat(31)}1`]
    for (const trace of [...chosen, undefined]) {
      const headers = trace === undefined ? {} : { traceparent: `00-${trace}-00f067aa0ba902b7-01` }
      const before = log.lines.length
      for (let request = 0; request < 80; request += 1) {
        await ask('/.well-known/jwks.json', { headers }, half)
      }
      const written = log.lines.length - before
      expect(written, trace).toBeGreaterThan(10)
      expect(written, trace).toBeLessThan(70)
    }
  })

  it.each([
    ['none', undefined, undefined],
    ['network', '203.0.113.0/24', '2001:db8:85a3::/48'],
    ['full', '203.0.113.77', '2001:db8:85a3:8d3:1319:8a2e:370:7348'],
  ])('shows of addresses what the setting says: %s', async (AUTHLY_LOG_ADDRESSES, ipv4, ipv6) => {
    const bindings = loggingAll(env, { AUTHLY_LOG_ADDRESSES })
    for (const address of ['203.0.113.77', '2001:db8:85a3:8d3:1319:8a2e:370:7348', 'nonsense']) {
      await ask('/.well-known/jwks.json', { headers: { 'cf-connecting-ip': address } }, bindings)
    }
    expect(log.lines.map(({ address }) => address)).toEqual([ipv4, ipv6, undefined])
  })
})

describe('a line from deep inside', () => {
  it('has the ids of the request that it was written for', async () => {
    const uncounted = { ...loggingAll(env), RATE_LIMIT: undefined } as unknown as Env
    const browser = openBrowser()
    const { hidden } = await browser.get('/login')
    const response = await ask(
      '/login',
      {
        method: 'POST',
        headers: {
          ...{ origin: 'https://auth.test', traceparent },
          cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        },
        body: new URLSearchParams({ ...hidden, identifier: 'nobody', password: 'x' }),
      },
      uncounted,
    )
    const [line] = log.lines.filter(({ event }) => event === 'rate_limit_counter_failed')
    expect(line).toMatchObject({
      ...{ level: 'error', region: 'local', trace_id: traceId, subject: expect.stringMatching(/^login-/) },
      request_id: response.headers.get('x-request-id'),
    })
  })

  it('has them also when the response has long been sent', async () => {
    const contexts = ['first', 'second'].map((requestId) => ({
      ...{ requestId, trace: readTraceContext(null), spanId: createSpanId(), startedAt: 0, route: undefined },
    }))
    const ctx = createExecutionContext()
    for (const context of contexts) {
      runForRequest(context, () =>
        ctx.waitUntil(delay(20).then(() => logWarning('identifier_collisions', { count: 1 }))),
      )
    }
    logWarning('identifier_collisions', { count: 0 })
    await waitOnExecutionContext(ctx)
    expect(log.lines.map(({ count, request_id, trace_id }) => [count, request_id, trace_id])).toEqual([
      [0, undefined, undefined],
      ...contexts.map(({ requestId, trace }) => [1, requestId, trace.traceId]),
    ])
  })
})
