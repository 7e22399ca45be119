import { beforeEach, describe, expect, it, vi } from 'vitest'
import { explain } from '../../src/kit/explain.ts'
import { createTraceSample, readTraceContext } from '../../src/kit/trace-context.ts'
import { finishResponse } from '../../src/telemetry/finish-response.ts'
import type { LoggedRequest, LogSettings } from '../../src/telemetry/log-request.ts'

let lines: Record<string, unknown>[]
beforeEach(() => {
  lines = []
  for (const method of ['error', 'warn', 'info'] as const) {
    vi.spyOn(console, method).mockImplementation((text: string) => void lines.push(JSON.parse(text)))
  }
  return () => vi.restoreAllMocks()
})

const request = (headers: Record<string, string> = {}) => new Request('https://auth.test/x', { headers })

const contextOf = (ratio: number, addresses: LogSettings['addresses'] = 'none'): LoggedRequest => ({
  ...{ requestId: 'r', trace: readTraceContext(null), spanId: '00f067aa0ba902b7', startedAt: Date.now() },
  ...{ route: '/x', address: '203.0.113.77' },
  logSettings: { accessSample: createTraceSample(ratio), addresses },
})

/** A request of which nothing but its id may be touched. */
function untouched(): LoggedRequest {
  const refuse = (): never => {
    throw new Error('touched')
  }
  return {
    ...{ requestId: 'r', logSettings: { accessSample: undefined, addresses: 'full' } },
    get trace() {
      return refuse()
    },
    get spanId() {
      return refuse()
    },
    get startedAt() {
      return refuse()
    },
    get route() {
      return refuse()
    },
    get address() {
      return refuse()
    },
  }
}

describe('a success', () => {
  it('costs nothing when none is logged', () => {
    const response = finishResponse(request(), new Response('ok'), untouched())
    expect(response.headers.get('x-request-id')).toBe('r')
    expect(lines).toEqual([])
  })

  it('has a line when all are logged', () => {
    finishResponse(request(), new Response('ok'), contextOf(1, 'network'))
    expect(lines).toMatchObject([
      {
        ...{ level: 'info', event: 'request_served', method: 'GET', route: '/x', status: 200 },
        ...{ outcome: 'success', address: '203.0.113.0/24', duration_ms: expect.any(Number) },
      },
    ])
  })
})

describe('a refusal', () => {
  it.each([
    ['warn', 'request_refused', 'limited', 429],
    ['warn', 'request_refused', 'refused', 400],
    ['error', 'request_failed', 'failed', 503],
  ])('has a line of level %s, whatever the ratio', (level, event, outcome, status) => {
    const response = explain(new Response(null, { status }), { error: 'e', description: 'd' })
    finishResponse(request(), response, contextOf(0))
    expect(lines).toMatchObject([{ level, event, outcome, status, error: 'e', description: 'd' }])
    expect(lines[0]).not.toHaveProperty('address')
  })

  it('that hands out a nonce for a DPoP proof warns of nothing (RFC 9449 §8)', () => {
    const response = explain(new Response(null, { status: 400 }), { error: 'use_dpop_nonce' })
    finishResponse(request(), response, contextOf(0))
    expect(lines).toMatchObject([
      { level: 'info', event: 'nonce_handed_out', status: 400, outcome: 'refused' },
    ])
  })

  it('of a thousand faults has a short line', () => {
    const at = Array.from({ length: 1000 }, (_, index) => `#/rows/${index}`)
    const response = explain(new Response(null, { status: 400 }), { error: 'e', at })
    finishResponse(request(), response, contextOf(0))
    expect(lines[0]?.['at']).toEqual(at.slice(0, 20))
  })
})

it('a response whose headers cannot be changed is copied', () => {
  const fetched = Response.redirect('https://auth.test/login', 303)
  const finished = finishResponse(request(), fetched, contextOf(0))
  expect([finished.status, finished.headers.get('x-request-id')]).toEqual([303, 'r'])
})
