import { beforeEach, describe, expect, test } from 'vitest'
import { explain } from '../../../src/kit/explain.ts'
import { err } from '../../../src/kit/result.ts'
import { readTraceContext } from '../../../src/kit/trace-context.ts'
import { createRecordingTracer } from '../../../src/telemetry/traces/recording-tracer.ts'
import { createSampler } from '../../../src/telemetry/traces/sampler.ts'
import type { Span } from '../../../src/telemetry/traces/span.ts'

const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

let exported: Span[]
let dropped: number
const lifetime = { waitUntil: () => undefined }

beforeEach(() => {
  exported = []
  dropped = 0
})

const tracerOf = (settings: { ratio?: number; callersPerSecond?: number; now?: () => number } = {}) =>
  createRecordingTracer({
    sample: createSampler({ ratio: 1, callersPerSecond: 0, ...settings }),
    buffer: {
      add: (spans) => exported.push(...spans),
      drop: (count) => {
        dropped += count
      },
    },
    server: { 'server.address': 'auth.test' },
    ...settings,
  })

const contextOf = (traceparent: string | null = caller) => ({
  ...{ requestId: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6', spanId: '00f067aa0ba902b7' },
  ...{ startedAt: Date.now(), route: '/oauth/token' },
  trace: readTraceContext(traceparent),
})

const post = new Request('https://auth.test/oauth/token?code=secret-code', { method: 'POST' })
const named = (name: string) => exported.find((span) => span.name === name)

describe('a recorded request', () => {
  test('continues the caller’s trace; what is observed below it has the right parents', async () => {
    const tracer = tracerOf()
    const response = await tracer.traceRequest(post, contextOf(), lifetime, () =>
      tracer.around('grant', { grant_type: 'authorization_code', client_id: 'app' }, async () => {
        await tracer.around('object_call', { object: 'UserSessions', method: 'redeemCode' }, async () => 1)
        await tracer.around('signature', { alg: 'ES256' }, async () => 1)
        return new Response('{}')
      }),
    )
    expect(response.status).toBe(200)
    const [request, grant] = [named('POST /oauth/token'), named('grant authorization_code')]
    expect(request).toMatchObject({
      ...{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00f067aa0ba902b7' },
      ...{ parentSpanId: 'b7ad6b7169203331', isParentRemote: true, kind: 'server', isError: false },
      attributes: {
        ...{ 'http.request.method': 'POST', 'http.route': '/oauth/token', 'http.response.status_code': 200 },
        ...{ 'server.address': 'auth.test', 'authly.request_id': 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6' },
      },
    })
    expect(grant).toMatchObject({ parentSpanId: request?.spanId, kind: 'internal', isParentRemote: false })
    expect(named('UserSessions/redeemCode')).toMatchObject({ parentSpanId: grant?.spanId, kind: 'client' })
    expect(named('sign ES256')).toMatchObject({ parentSpanId: grant?.spanId, kind: 'internal' })
    expect(new Set(exported.map(({ traceId }) => traceId)).size).toBe(1)
    expect(new Set(exported.map(({ spanId }) => spanId)).size).toBe(4)
  })

  test('without a caller it begins a trace', async () => {
    await tracerOf().traceRequest(post, contextOf(null), lifetime, async () => new Response())
    expect(exported).toMatchObject([{ parentSpanId: undefined }])
  })

  test('work that continues after the response is part of it', async () => {
    const tracer = tracerOf()
    let later: Promise<unknown> | undefined
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await tracer.traceRequest(post, contextOf(), lifetime, async () => {
      later = released.then(() =>
        tracer.around('object_call', { object: 'AuditOutbox', method: 'append' }, async () => 1),
      )
      return new Response()
    })
    expect(exported).toHaveLength(1)
    release()
    await later
    expect(named('AuditOutbox/append')).toMatchObject({ parentSpanId: '00f067aa0ba902b7' })
  })

  test('a trace of too many spans is cut, and says so', async () => {
    const tracer = tracerOf()
    await tracer.traceRequest(post, contextOf(), lifetime, async () => {
      for (let index = 0; index < 300; index++) await tracer.around('signature', { alg: 'x' }, async () => 1)
      return new Response()
    })
    expect(exported).toHaveLength(257)
    expect(dropped).toBe(44)
  })
})

describe('what is not recorded', () => {
  const answerWith = async (response: Response, settings = {}) => {
    const tracer = tracerOf({ ratio: 0, ...settings })
    await tracer.traceRequest(post, contextOf(), lifetime, async () => {
      await tracer.around('postgres', { statements: 1, kind: 'query' }, async () => 1)
      return response
    })
  }

  test('leaves nothing, and carries no context further', async () => {
    const tracer = tracerOf({ ratio: 0 })
    let carried: string | undefined = 'unset'
    await tracer.traceRequest(post, contextOf(), lifetime, async () => {
      carried = tracer.carried('object')
      return new Response()
    })
    expect(carried).toBeUndefined()
    expect(exported).toEqual([])
  })

  test('is kept whole when it fails', async () => {
    await answerWith(new Response(null, { status: 503 }))
    expect(exported.map(({ name }) => name)).toEqual(['POST /oauth/token', 'postgresql'])
    expect(exported[0]).toMatchObject({ isError: true, attributes: { 'error.type': '503' } })
  })

  test('is kept when our failure travels in a redirect', async () => {
    const redirect = new Response(null, { status: 302 })
    await answerWith(explain(redirect, { error: 'server_error', description: 'it broke' }))
    expect(exported[0]).toMatchObject({ isError: true, attributes: { 'error.type': 'server_error' } })
  })

  test('is kept when it throws', async () => {
    const tracer = tracerOf({ ratio: 0 })
    const failure = new TypeError('the password of alice@example.test is hunter2')
    const answering = tracer.traceRequest(post, contextOf(), lifetime, () => Promise.reject(failure))
    await expect(answering).rejects.toBe(failure)
    expect(exported).toMatchObject([{ isError: true, attributes: { 'error.type': 'TypeError' } }])
  })

  test('is not kept when the caller is refused', async () => {
    await answerWith(
      explain(new Response(null, { status: 400 }), { error: 'invalid_grant', description: 'no' }),
    )
    expect(exported).toEqual([])
  })

  test('an outage, in which every request fails, is kept in bounds', async () => {
    const tracer = tracerOf({ ratio: 0, now: () => 5_000 })
    for (let index = 0; index < 100; index++) {
      await tracer.traceRequest(post, contextOf(), lifetime, async () => new Response(null, { status: 500 }))
    }
    expect(exported).toHaveLength(10)
  })
})

describe('refusals and failures of what is observed', () => {
  const observed = async (work: () => Promise<unknown>, kind: 'grant' | 'postgres' = 'grant') => {
    const tracer = tracerOf()
    await tracer.traceRequest(post, contextOf(), lifetime, async () => {
      const watched =
        kind === 'grant'
          ? tracer.around('grant', { grant_type: 'refresh_token', client_id: 'app' }, work)
          : tracer.around('postgres', { statements: 3, kind: 'batch' }, work)
      await watched.catch(() => undefined)
      return new Response()
    })
    return exported.find(({ name }) => name === (kind === 'grant' ? 'grant refresh_token' : 'BATCH'))
  }

  test('a refusal has its code and is no error', async () => {
    const span = await observed(async () => err({ error: 'invalid_grant', description: 'reused' }))
    expect(span).toMatchObject({ isError: false, attributes: { 'error.type': 'invalid_grant' } })
  })

  test('our own failure is one', async () => {
    const span = await observed(async () => err({ error: 'temporarily_unavailable', description: '' }))
    expect(span).toMatchObject({ isError: true, attributes: { 'error.type': 'temporarily_unavailable' } })
  })

  test('a failed batch has its SQLSTATE and never the text, which quotes data', async () => {
    const failure = Object.assign(new Error('Key (email)=(alice@example.test) already exists'), {
      code: '23505',
    })
    const span = await observed(() => Promise.reject(failure), 'postgres')
    expect(span).toMatchObject({
      isError: true,
      attributes: {
        ...{ 'db.system.name': 'postgresql', 'db.operation.batch.size': 3, 'error.type': '23505' },
        'db.response.status_code': '23505',
      },
    })
    expect(JSON.stringify(exported)).not.toContain('alice')
  })

  test('no span says what the URL of the request held', async () => {
    await observed(async () => 1)
    expect(JSON.stringify(exported)).not.toContain('secret-code')
  })
})

describe('work elsewhere in time and place', () => {
  const call = { name: 'UserSessions/redeemCode', trigger: 'call', lifetime } as const
  const alarm = { name: 'Job alarm', trigger: 'timer', lifetime } as const

  test('an object continues its caller’s trace, whatever the ratio is', async () => {
    await tracerOf({ ratio: 0 }).traceInvocation({ ...call, context: caller }, async () => 1)
    expect(exported).toMatchObject([
      {
        ...{ name: 'UserSessions/redeemCode', kind: 'server', parentSpanId: 'b7ad6b7169203331' },
        attributes: { 'rpc.method': 'UserSessions/redeemCode' },
      },
    ])
  })

  test('an alarm is a trace of its own', async () => {
    const tracer = tracerOf()
    await tracer.traceInvocation(alarm, async () => 1)
    expect(exported).toMatchObject([{ name: 'Job alarm', kind: 'internal', parentSpanId: undefined }])
  })

  test('a step of a job is part of the trace of its order, recorded because that is', async () => {
    const tracer = tracerOf({ ratio: 0 })
    const order = { job_kind: 'bulk_update', job_id: 'j1', cause: caller }
    await tracer.traceInvocation(alarm, () =>
      tracer.around('job_step', order, () =>
        tracer.around('postgres', { statements: 2, kind: 'batch' }, async () => 1),
      ),
    )
    expect(exported.map(({ name }) => name)).toEqual(['process bulk_update', 'BATCH'])
    const [step, batch] = exported
    expect(step).toMatchObject({ kind: 'consumer', traceId: '0af7651916cd43dd8448eb211c80319c' })
    expect(step?.parentSpanId).toBe('b7ad6b7169203331')
    expect(batch).toMatchObject({ traceId: step?.traceId, parentSpanId: step?.spanId })
  })

  test('a delivery is linked to the requests that its events come from, and recorded for them', async () => {
    const tracer = tracerOf({ ratio: 0 })
    await tracer.traceInvocation({ ...alarm, name: 'UserSessions alarm' }, () =>
      tracer.around('delivery', { events: 2, causes: [caller, 'nonsense'] }, async () => 1),
    )
    expect(named('process audit_events')).toMatchObject({
      kind: 'consumer',
      links: [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }],
      attributes: { 'messaging.batch.message_count': 2 },
    })
    expect(named('UserSessions alarm')).toBeDefined()
    expect(named('UserSessions alarm')?.traceId).not.toBe('0af7651916cd43dd8448eb211c80319c')
  })

  test('what is observed where nothing entered is not traced', async () => {
    expect(await tracerOf().around('signature', { alg: 'ES256' }, async () => 7)).toBe(7)
    expect(exported).toEqual([])
  })
})
