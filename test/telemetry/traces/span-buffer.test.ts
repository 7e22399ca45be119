import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSpanBuffer, type Sent, type SpanBuffer } from '../../../src/telemetry/traces/span-buffer.ts'
import { spanOf } from './span-of.ts'

let sent: string[][]
let answers: Sent[]
let promised: Promise<unknown>[]
let logged: { event: string; level: string; count: number }[]
let buffer: SpanBuffer

const lifetime = { waitUntil: (work: Promise<unknown>) => void promised.push(work) }
const spans = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => spanOf(`${from + index}`))

beforeEach(() => {
  vi.useFakeTimers()
  ;[sent, answers, promised] = [[], [], []]
  logged = []
  vi.spyOn(console, 'warn').mockImplementation((line: string) => void logged.push(JSON.parse(line)))
  buffer = createSpanBuffer(async (batch) => {
    sent.push(batch.map(({ name }) => name))
    return answers.shift() ?? { status: 'accepted' }
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('spans of many requests are sent together, by one of them', async () => {
  buffer.add(spans(2), lifetime)
  buffer.add(spans(1, 2), lifetime)
  expect(promised).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1_000)
  await promised[0]
  expect(sent).toEqual([['0', '1', '2']])
})

test('after a flush the next span needs its own request to flush it', async () => {
  buffer.add(spans(1), lifetime)
  await vi.advanceTimersByTimeAsync(1_000)
  buffer.add(spans(1, 1), lifetime)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(promised).toHaveLength(2)
  expect(sent).toEqual([['0'], ['1']])
})

test('a flush whose request the runtime ended is not awaited for ever', async () => {
  buffer.add(spans(1), { waitUntil: () => undefined })
  vi.setSystemTime(Date.now() + 10_001)
  buffer.add(spans(1, 1), lifetime)
  expect(promised).toHaveLength(1)
})

test('many spans go in batches', async () => {
  buffer.add(spans(1_000), lifetime)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(sent.map((batch) => batch.length)).toEqual([512, 488])
})

test('an unreachable collector costs one request and one line in a while; its spans wait', async () => {
  answers = [{ status: 'again', reason: 'the collector cannot be reached (TypeError)' }]
  buffer.add(spans(1), lifetime)
  await vi.advanceTimersByTimeAsync(1_000)
  for (let index = 0; index < 100; index++) buffer.add(spans(1, index + 1), lifetime)
  await vi.advanceTimersByTimeAsync(13_000)
  expect(sent).toHaveLength(1)
  expect(logged).toMatchObject([{ event: 'trace_export_failed', level: 'warn', count: 0 }])
  await vi.advanceTimersByTimeAsync(3_000)
  buffer.add(spans(1, 101), lifetime)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(new Set(sent[1])).toEqual(new Set(spans(102).map(({ name }) => name)))
})

test('the buffer is bounded: what does not fit is dropped and counted', async () => {
  answers = [{ status: 'again', reason: 'down' }]
  buffer.add(spans(10), lifetime)
  await vi.advanceTimersByTimeAsync(1_000)
  buffer.add(spans(5_000), lifetime)
  answers = [{ status: 'again', reason: 'down' }]
  await vi.advanceTimersByTimeAsync(16_000)
  buffer.add(spans(1), lifetime)
  await vi.advanceTimersByTimeAsync(1_000)
  const dropped = logged.reduce((total, { count }) => total + count, 0)
  // 5,011 came, 2,048 fit.
  expect(dropped).toBe(5_011 - 2_048)
})

test('what the collector refuses is dropped and counted, not sent again', async () => {
  answers = [{ status: 'refused', reason: 'the collector answered 400' }]
  buffer.add(spans(3), lifetime)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(logged).toMatchObject([{ event: 'trace_export_failed', count: 3 }])
  await vi.advanceTimersByTimeAsync(20_000)
  buffer.add(spans(1, 9), lifetime)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(sent.at(-1)).toEqual(['9'])
})
