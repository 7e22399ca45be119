import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHandOverSchedule, type HandOver, retryForMs } from '../../src/telemetry/hand-over.ts'
import type { Family } from '../../src/telemetry/metric-families.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** An isolate that counted `counted` since the last hand-over. */
function createIsolate() {
  const arrived: HandOver[] = []
  const state = { counted: 0, isAway: false, works: 0 }
  const schedule = createHandOverSchedule({
    take() {
      const value = state.counted
      state.counted = 0
      return value === 0 ? [] : [familyOf(value)]
    },
    async deliver(handOver) {
      arrived.push(handOver)
      if (state.isAway) throw new Error('no answer')
    },
    waitUntil: () => state.works++,
    now: Date.now,
  })
  return Object.assign(state, {
    arrived,
    schedule,
    values: () => arrived.map(({ families }) => families[0]?.series[0]?.[1][0]),
    sequences: () => arrived.map(({ sequence }) => sequence),
  })
}

const familyOf = (value: number): Family => ({
  ...{ name: 'authly_audit_events_lost_total', merge: 'sum', labels: [], bounds: [] },
  series: [[[], [value]]],
})

test('what many requests count in five seconds is handed over once, by one of them', async () => {
  const isolate = createIsolate()
  for (let request = 0; request < 100; request++) {
    isolate.schedule.promise()
    isolate.counted++
    isolate.schedule.ensure()
    await vi.advanceTimersByTimeAsync(40)
  }
  expect(isolate.arrived).toEqual([])
  await vi.advanceTimersByTimeAsync(1000)
  expect(isolate.values()).toEqual([100])
  expect(isolate.works).toBe(1)
})

test('the next request promises again', async () => {
  const isolate = createIsolate()
  for (const value of [3, 4]) {
    isolate.schedule.promise()
    isolate.counted = value
    await vi.advanceTimersByTimeAsync(6000)
  }
  expect(isolate.values()).toEqual([3, 4])
  expect(isolate.sequences()).toEqual([1, 2])
  expect(new Set(isolate.arrived.map((each) => each.isolate)).size).toBe(1)
})

test('nothing counted, nothing sent', async () => {
  const isolate = createIsolate()
  isolate.schedule.promise()
  await vi.advanceTimersByTimeAsync(6000)
  expect(isolate.arrived).toEqual([])
})

test('a promise that was never kept is not waited for', async () => {
  const isolate = createIsolate()
  isolate.schedule.promise()
  // The runtime ended that request, and its timer with it.
  vi.clearAllTimers()
  isolate.counted = 1
  vi.advanceTimersByTime(16_000)
  isolate.schedule.promise()
  await vi.advanceTimersByTimeAsync(6000)
  expect(isolate.values()).toEqual([1])
})

test('what may not have arrived is sent again under its number, before anything else', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const isolate = createIsolate()
  isolate.isAway = true
  isolate.counted = 1
  await isolate.schedule.now()
  isolate.counted = 2
  await isolate.schedule.now()
  isolate.isAway = false
  isolate.counted += 3
  await isolate.schedule.now()
  expect(isolate.sequences()).toEqual([1, 1, 1, 2])
  expect(isolate.values()).toEqual([1, 1, 1, 5])
})

test('two that hand over at the same time send the same, and lose nothing', async () => {
  const isolate = createIsolate()
  isolate.counted = 1
  const both = [isolate.schedule.now(), isolate.schedule.now()]
  isolate.counted = 2
  await Promise.all(both)
  await isolate.schedule.now()
  const bySequence = new Map(isolate.arrived.map((each) => [each.sequence, each.families]))
  expect([...bySequence.values()].flat().map(({ series }) => series[0]?.[1][0])).toEqual([1, 2])
})

test('what objects would take for new, because they forgot the isolate, is dropped before', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const isolate = createIsolate()
  isolate.isAway = true
  isolate.counted = 1
  await isolate.schedule.now()
  vi.advanceTimersByTime(retryForMs)
  await isolate.schedule.now()
  isolate.isAway = false
  isolate.counted = 2
  await isolate.schedule.now()
  expect(isolate.values().at(-1)).toBe(2)
  expect(isolate.sequences().at(-1)).toBe(2)
})

test('outside of requests it is handed over at once, but at most every five seconds', async () => {
  const isolate = createIsolate()
  for (let event = 0; event < 50; event++) {
    isolate.counted++
    isolate.schedule.ensure()
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(isolate.arrived.length).toBe(1)
  await vi.advanceTimersByTimeAsync(1000)
  isolate.counted++
  isolate.schedule.ensure()
  await vi.advanceTimersByTimeAsync(200)
  expect(isolate.arrived.length).toBe(2)
  expect(isolate.values().reduce((sum = 0, value = 0) => sum + value, 0)).toBe(51)
})
