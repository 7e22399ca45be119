/** What a run under load says of its figures: goals by the numbers, errors by name, memory by a straight line. */
import { expect, test } from 'vitest'
import { affordableConnections } from '../../load/file-descriptors.ts'
import type { LocustRun } from '../../load/locust.ts'
import { renderMarkdown } from '../../load/markdown.ts'
import type { PartRun, StreamRun } from '../../load/measure-part.ts'
import { trendOf } from '../../load/memory-trend.ts'
import { parseOptions, partNames } from '../../load/options.ts'
import { findingsOf, goalResultsOf, type LoadReport, merge } from '../../load/report.ts'

const stream = (own: Partial<StreamRun>): StreamRun => ({
  ...{ name: 'tokens', requestsPerSecond: 2_000, connections: 64, requests: 120_000, seconds: 60 },
  ...{ p50Ms: 1.2, p90Ms: 3, p99Ms: 24.9, p999Ms: 80, maxMs: 120 },
  ...{ failures: 0, limited: 0, lost: 0, closedIdle: 0, ...own },
})
const part = (own: Partial<PartRun>): PartRun => ({
  ...{ part: 'tokens', streams: [stream({})], isDelivered: true },
  cpuMs: { server: 0.2334, database: 0.02, gateway: 0.03 },
  memoryMb: Array.from({ length: 60 }, () => 300),
  peakMemoryMb: 420,
  ...own,
})
const report = (own: Partial<LoadReport>): LoadReport => ({
  machine: {
    ...{ cpu: 'Some CPU', cores: 2, node: 'v24', workerd: '1', oidcProvider: '9' },
    loadGenerator: 'constant rate, Locust',
  },
  ...{ fileLimit: 30_000, accounts: 100_000, events: 1_000_000, parts: [], ...own },
})
const locust: LocustRun = {
  ...{ version: '2', users: 10, seconds: 60, errors: [], exceptions: [] },
  ...{ cpuMs: part({}).cpuMs, memoryMb: part({}).memoryMb, peakMemoryMb: 420 },
  steps: [{ step: 'token: code', requests: 7, failures: 0, limited: 2, p50Ms: 1, p90Ms: 2, p99Ms: 3 }],
}

test('the trend of memory is the slope of what comes after the first third', () => {
  // A steep beginning, then half a megabyte a second.
  const samples = [...Array(10).fill(50), ...Array.from({ length: 20 }, (_, second) => 100 + second / 2)]
  const { startMb, mbPerMinute, growth } = trendOf(samples)
  expect(startMb).toBeCloseTo(100)
  expect(mbPerMinute).toBeCloseTo(30)
  expect(growth).toBeCloseTo(9.5 / 100)
})

test('memory that the collector frees again and again is flat', () => {
  const sawtooth = Array.from({ length: 900 }, (_, second) => 300 + (second % 20) * 5)
  expect(Math.abs(trendOf(sawtooth).growth)).toBeLessThan(0.01)
})

test('goals are judged by the numbers', () => {
  const held = stream({ name: 'held', connections: 10_000, closedIdle: 1 })
  const pages = stream({ name: 'pages', p99Ms: 501 })
  const growing = Array.from({ length: 900 }, (_, second) => 300 + second / 10)
  const results = goalResultsOf(
    report({
      parts: [
        part({}),
        part({ part: 'connections', streams: [stream({}), held] }),
        part({ part: 'listing', streams: [stream({}), pages] }),
        part({ part: 'soak', memoryMb: growing }),
      ],
    }),
  )
  expect(results.map(({ figure, isMet }) => [figure, isMet])).toEqual([
    ['24.9', true],
    ['9999 of 10000', false],
    ['501.0', false],
    // From 330 MB, where the first third ends, to 389.9.
    ['18.2%', false],
  ])
  expect(goalResultsOf(report({ parts: [part({ part: 'soak' })] }))).toMatchObject([{ isMet: true }])
})

test('errors are failed streams, missing audit events, steps that failed or were never taken, and surprises', () => {
  const failed = stream({ failures: 5, limited: 2, lost: 1, failureSample: '500 oops' })
  const findings = findingsOf(
    report({
      parts: [part({ streams: [failed], isDelivered: false })],
      locust: {
        ...locust,
        steps: [
          ...locust.steps,
          { step: 'consent', requests: 0, failures: 0, limited: 0, p50Ms: 0, p90Ms: 0, p99Ms: 0 },
          { step: 'introspect', requests: 4, failures: 2, limited: 0, p50Ms: 1, p90Ms: 1, p99Ms: 1 },
        ],
        errors: [{ step: 'introspect', answer: '401 invalid_client', count: 2 }],
        exceptions: [{ message: 'no form', count: 3 }],
      },
    }),
  )
  expect(findings.map(({ subject, error }) => `${subject}: ${error ?? 'ok'}`)).toEqual([
    'tokens: Token: client_credentials: 5 failures (2 of 429, 1 without an answer), first: 500 oops',
    'tokens: audit events: some did not arrive in Postgres',
    'locust: token: code: ok',
    'locust: consent: was never taken',
    'locust: introspect: 2 failures: 401 invalid_client (2)',
    'locust: scenarios: no form (3)',
  ])
})

test('a part that was run alone takes the place of its former self', () => {
  const old = report({ parts: [part({}), part({ part: 'soak', peakMemoryMb: 1 })], locust })
  const merged = merge(old, report({ parts: [part({ part: 'soak', peakMemoryMb: 2 })] }))
  expect(merged.parts.map((run) => [run.part, run.peakMemoryMb])).toEqual([
    ['tokens', 420],
    ['soak', 2],
  ])
  expect(merged.locust).toBe(locust)
})

test('the document names the machine, shows what was reached, and says what is missed', () => {
  const text = renderMarkdown(
    report({
      parts: [part({}), part({ part: 'listing', streams: [stream({ name: 'pages', p99Ms: 612 })] })],
      locust,
    }),
  )
  expect(text).toContain('2 cores, Some CPU')
  expect(text).toContain('| 2000 tokens/s, 64 connections | p99, ms | < 25 | 24.9 | met |')
  expect(text).toContain('| List of all accounts beside tokens | p99, ms | < 500 | 612.0 | **missed** |')
  expect(text).toContain('| Tokens | Token: client_credentials | 64 | 2000 | 2000 | 60 | 1.20 | 3.00 | 25 |')
  expect(text).toContain('| Tokens | 120000 | 0.233 | 0.020 | 0.030 | 300 | 420 |  |  |')
  expect(text).toContain('| token: code | 7 | 0.1 | 1 | 2 | 3 | 0 | 2 |')
  expect(text).toContain('There were no errors.')
  expect(renderMarkdown(report({ locust }))).toContain('No part with a goal has been run yet.')
})

test('nothing is said of accounts, events and checked answers before anything has run', () => {
  const claims = ['100000 accounts', 'Every answer was checked', 'There were no errors.']
  const before = renderMarkdown(report({}))
  const after = renderMarkdown(report({ parts: [part({})] }))
  for (const claim of claims) {
    expect(before).not.toContain(claim)
    expect(after).toContain(claim)
  }
})

test('the command line picks parts and durations, and refuses what it does not know', () => {
  expect(parseOptions([])).toMatchObject({
    parts: partNames,
    isSmoke: false,
    seconds: { soak: 900, tokens: 60 },
  })
  expect(parseOptions(['--only', 'soak, locust', '--minutes', '0.5'])).toMatchObject({
    ...{ parts: ['soak', 'locust'], seconds: { soak: 30 } },
  })
  expect(parseOptions(['--smoke']).size.accounts).toBeLessThan(parseOptions([]).size.accounts)
  expect(() => parseOptions(['--only', 'sleep'])).toThrow('unknown part "sleep"')
  expect(() => parseOptions(['--minutes=-1'])).toThrow('positive')
})

test('no more connections are opened than file descriptors admit, two for each', () => {
  expect(affordableConnections(10_000, Number.POSITIVE_INFINITY)).toBe(10_000)
  expect(affordableConnections(10_000, 20_000)).toBe(9_250)
  expect(() => affordableConnections(10_000, 1_024)).toThrow('too low')
})
