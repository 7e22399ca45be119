/** W3C Trace Context Level 1; the malformed headers are those that the W3C's own test suite sends. */
import { describe, expect, it } from 'vitest'
import {
  createSpanId,
  createTraceSample,
  formatTraceparent,
  readTraceContext,
} from '../../src/kit/trace-context.ts'

const traceId = '12345678901234567890123456789012'
const parentId = '1234567890123456'
const valid = `00-${traceId}-${parentId}-01`

/** As a server gets it: names in any case, values trimmed, repeated headers joined. */
const received = (...headers: [name: string, value: string][]) =>
  readTraceContext(new Headers(headers).get('traceparent'))

describe('a trace is continued (§3.2)', () => {
  it.each([
    ['with a valid header', valid],
    ['not recorded by the caller', `00-${traceId}-${parentId}-00`],
    ['with flags that this version does not know', `00-${traceId}-${parentId}-fe`],
    ['of a later version', `cc-${traceId}-${parentId}-01`],
    ['of a later version that has more to say', `cc-${traceId}-${parentId}-01-what-the-future-will-be-like`],
    ['with space before it', ` \t${valid}`],
    ['with space after it', `${valid}\t `],
  ])('%s', (_, value) => {
    expect(received(['traceparent', value])).toMatchObject({ traceId, parentId })
  })

  it.each(['TraceParent', 'TrAcEpArEnT', 'TRACEPARENT'])('with the name %s', (name) => {
    expect(received([name, valid]).traceId).toBe(traceId)
  })

  it.each([
    ['01', true],
    ['03', true],
    ['ff', true],
    ['00', false],
    ['02', false],
    ['fe', false],
  ])('flags %s are a bit field (§3.2.2.5)', (flags, sampled) => {
    expect(received(['traceparent', `00-${traceId}-${parentId}-${flags}`]).sampled).toBe(sampled)
  })
})

describe('a new trace begins (§4.3)', () => {
  it.each([
    ['no header', []],
    ['an empty header', [['traceparent', '']]],
    [
      'two headers',
      [
        ['traceparent', valid],
        ['traceparent', valid],
      ],
    ],
    ['trace-parent', [['trace-parent', valid]]],
    ['trace.parent', [['trace.parent', valid]]],
  ] as [string, [string, string][]][])('%s', (_, headers) => {
    expectBegun(received(...headers))
  })

  it.each([
    ['version 00 with a dot after it', `${valid}.`],
    ['version 00 with more to say', `${valid}-what-the-future-will-be-like`],
    ['a later version with a dot after it', `cc-${traceId}-${parentId}-01.what-the-future-will-be-like`],
    ['version ff', `ff-${traceId}-${parentId}-01`],
    ['an illegal character first in the version', `.0-${traceId}-${parentId}-01`],
    ['an illegal character last in the version', `0.-${traceId}-${parentId}-01`],
    ['a version of 3 digits', `000-${traceId}-${parentId}-01`],
    ['a version of 4 digits', `0000-${traceId}-${parentId}-01`],
    ['a version of 1 digit', `0-${traceId}-${parentId}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${parentId}-01`],
    ['an illegal character first in the trace id', `00-.2345678901234567890123456789012-${parentId}-01`],
    ['an illegal character last in the trace id', `00-1234567890123456789012345678901.-${parentId}-01`],
    ['upper case in the trace id', `00-ABCDEF78901234567890123456789012-${parentId}-01`],
    ['a trace id of 33 digits', `00-${traceId}3-${parentId}-01`],
    ['a trace id of 31 digits', `00-${traceId.slice(1)}-${parentId}-01`],
    ['a parent id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['an illegal character first in the parent id', `00-${traceId}-.234567890123456-01`],
    ['an illegal character last in the parent id', `00-${traceId}-123456789012345.-01`],
    ['upper case in the parent id', `00-${traceId}-ABCDEF7890123456-01`],
    ['a parent id of 17 digits', `00-${traceId}-${parentId}7-01`],
    ['a parent id of 15 digits', `00-${traceId}-${parentId.slice(1)}-01`],
    ['an illegal character first in the flags', `00-${traceId}-${parentId}-.0`],
    ['an illegal character last in the flags', `00-${traceId}-${parentId}-0.`],
    ['flags of 3 digits', `00-${traceId}-${parentId}-001`],
    ['flags of 1 digit', `00-${traceId}-${parentId}-1`],
    ['digits of another script', `00-${traceId.replace('1', '１')}-${parentId}-01`],
    ['a second line', `${valid}\n`],
  ])('%s', (_, value) => {
    expectBegun(readTraceContext(value))
  })

  function expectBegun(context: ReturnType<typeof readTraceContext>): void {
    expect(context.traceId).toMatch(/^(?!0+$)[\da-f]{32}$/)
    expect(context.traceId).not.toBe(traceId)
    expect(context).toMatchObject({ parentId: undefined, sampled: undefined })
  }

  it('another one each time', () => {
    expect(new Set(Array.from({ length: 100 }, () => readTraceContext(null).traceId)).size).toBe(100)
  })

  it('with the number of the request, if that is a UUID', () => {
    const requestId = '0b9f2f4e-6a55-4e0e-9c1d-2a7f3b1c5d6e'
    expect(readTraceContext(null, requestId).traceId).toBe('0b9f2f4e6a554e0e9c1d2a7f3b1c5d6e')
    expect(readTraceContext(null, '9e8f7a6b5c4d3e2f-FRA').traceId).toMatch(/^[\da-f]{32}$/)
  })
})

it('what is sent is what a receiver continues', () => {
  const spanId = createSpanId()
  const sent = readTraceContext(formatTraceparent(traceId, spanId, true))
  expect(sent).toEqual({ traceId, parentId: spanId, sampled: true })
  expect(readTraceContext(formatTraceparent(traceId, spanId, false)).sampled).toBe(false)
})

describe('a sample', () => {
  const traces = Array.from({ length: 5000 }, () => readTraceContext(null).traceId)
  const sizeAt = (ratio: number) => traces.filter((id) => createTraceSample(ratio)?.(id)).length

  it('has all or none at its ends', () => {
    expect([sizeAt(0), sizeAt(1)]).toEqual([0, 5000])
    expect([0, 1e-20].map(createTraceSample)).toEqual([undefined, undefined])
    expect(createTraceSample(1)?.('0'.repeat(32))).toBe(true)
    expect(createTraceSample(1e-15)?.('f'.repeat(32))).toBe(true)
    expect(createTraceSample(1e-15)?.(`${'f'.repeat(29)}000`)).toBe(false)
  })

  it('is about as large as its ratio says', () => {
    expect(sizeAt(0.25) / 5000).toBeGreaterThan(0.2)
    expect(sizeAt(0.25) / 5000).toBeLessThan(0.3)
  })

  it('contains every smaller one', () => {
    const [small, large] = [createTraceSample(0.1), createTraceSample(0.2)]
    for (const id of traces) if (small?.(id)) expect(large?.(id)).toBe(true)
  })
})
