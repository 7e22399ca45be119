import { expect, test } from 'vitest'
import { createSampler } from '../../../src/telemetry/traces/sampler.ts'

const begins = { sampled: undefined }
const asks = { sampled: true }
const declines = { sampled: false }

/** How many of `count` requests are recorded, all in one second. */
function recorded(
  sample: ReturnType<typeof createSampler>,
  parent: { sampled: boolean | undefined },
  count = 1000,
) {
  return Array.from({ length: count }, () => sample(parent)).filter(Boolean).length
}

const noMoment = () => 0

test('ratio 0 records nothing, whatever callers ask for', () => {
  const sample = createSampler({ ratio: 0, callersPerSecond: 0 }, noMoment)
  for (const parent of [begins, asks, declines]) expect(recorded(sample, parent)).toBe(0)
})

test('ratio 1 records everything, also what its caller does not record', () => {
  const sample = createSampler({ ratio: 1, callersPerSecond: 0 }, noMoment)
  for (const parent of [begins, asks, declines]) expect(recorded(sample, parent)).toBe(1000)
})

test('the ratio is decided by chance, not by what the caller sends', () => {
  const chances = [0.1, 0.3, 0.2999, 0.9]
  let next = 0
  const sample = createSampler({ ratio: 0.3, callersPerSecond: 0 }, noMoment, () => chances[next++] ?? 1)
  expect(chances.map(() => sample(asks))).toEqual([true, false, true, false])
})

test('attack: thousands of sampled traceparents make us record as many a second as the setting allows', () => {
  let now = 10_000
  const sample = createSampler({ ratio: 0, callersPerSecond: 5 }, () => now)
  expect(recorded(sample, asks)).toBe(5)
  now += 1000
  expect(recorded(sample, asks)).toBe(5)
  expect(recorded(sample, begins)).toBe(0)
})
