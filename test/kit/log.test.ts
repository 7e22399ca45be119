import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { describeError } from '../../src/kit/describe-error.ts'
import { logError, logInfo, logWarning } from '../../src/kit/log.ts'
import { runForRequest } from '../../src/kit/request-context.ts'
import { createSpanId, readTraceContext } from '../../src/kit/trace-context.ts'

let written: [level: string, line: string][]
beforeEach(() => {
  written = []
  for (const level of ['error', 'warn', 'log', 'info', 'debug'] as const) {
    vi.spyOn(console, level).mockImplementation((...parts) => void written.push([level, parts.join(' ')]))
  }
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('an entry of the log', () => {
  it('is one object with its level and its event', () => {
    logError('job_failed', { subject: 'rotate-keys', reason: 'Error: away', count: undefined })
    logWarning('identifier_collisions', { count: 2 })
    logInfo('request_served', { status: 200 })
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(written.map(([level, line]) => [level, JSON.parse(line)])).toEqual([
      ['error', { level: 'error', event: 'job_failed', time, subject: 'rotate-keys', reason: 'Error: away' }],
      ['warn', { level: 'warn', event: 'identifier_collisions', time, count: 2 }],
      ['info', { level: 'info', event: 'request_served', time, status: 200 }],
    ])
  })

  it('has the ids of the request it is written for, unless it names the one that caused it', () => {
    const trace = readTraceContext(null)
    const context = { requestId: 'this', trace, spanId: createSpanId(), startedAt: 0, route: undefined }
    runForRequest(context, () => {
      logError('job_failed', {})
      logError('job_step_threw', { request_id: 'another' })
    })
    expect(written.map(([, line]) => JSON.parse(line))).toMatchObject([
      { request_id: 'this', trace_id: trace.traceId },
      { request_id: 'another' },
    ])
  })

  it('is one line, whatever it quotes: nobody forges a second entry', () => {
    const description = 'a\n{"level":"error"}\r\u0085\u2028\u2029b'
    logWarning('request_refused', { description })
    const [, line = ''] = written[0] ?? []
    expect(line).not.toMatch(/[\n\r\u0085\u2028\u2029]/)
    expect(JSON.parse(line)).toMatchObject({ description })
  })
})

describe('an error in the log', () => {
  const query = new Error('Failed query: select 1\nparams: ada@example.com', {
    cause: Object.assign(new Error('deadlock detected\nDETAIL: Process 7'), { name: 'NeonDbError' }),
  })

  it('is what was thrown, what caused it and where, without the parameters of a query', () => {
    const text = describeError(query)
    expect(text).toMatch(
      /^Error: Failed query: select 1 <- NeonDbError: deadlock detected at .*log\.test\.ts/,
    )
    expect(text).not.toMatch(/ada@example|DETAIL|\n/)
  })

  it('is short, and may be anything', () => {
    expect(describeError(new Error('x'.repeat(10_000))).length).toBe(500)
    expect(describeError('text')).toBe('text')
    expect(describeError(undefined)).toBe('undefined')
  })
})
