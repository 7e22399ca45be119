/** A flood of health requests must not become a flood of queries. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createSharedCheck, type SharedCheck } from '../../src/health/shared-check.ts'

const needs = { now: () => Date.now(), limitMilliseconds: 2500 }
let shared: SharedCheck<number>
let checks = 0
let takes = 0

const check = async () => {
  checks++
  const result = checks
  await new Promise((resolve) => setTimeout(resolve, takes))
  return result
}
const ask = () => shared.ask(needs, check)

beforeEach(() => {
  vi.useFakeTimers()
  shared = createSharedCheck()
  checks = 0
  takes = 100
})
afterEach(() => {
  vi.useRealTimers()
})

it('a thousand requests to an isolate without a result are one check', async () => {
  const asked = Array.from({ length: 1000 }, ask)
  await vi.advanceTimersByTimeAsync(200)
  expect(new Set(await Promise.all(asked))).toEqual(new Set([1]))
  expect(checks).toBe(1)
})

it('a result is used for a second, and then checked again', async () => {
  const first = ask()
  await vi.advanceTimersByTimeAsync(1000)
  expect([await first, await ask()]).toEqual([1, 1])
  await vi.advanceTimersByTimeAsync(101)
  const second = ask()
  await vi.advanceTimersByTimeAsync(100)
  expect(await second).toBe(2)
})

it('while a check is under way others get the result before it, unless that is old', async () => {
  const first = ask()
  await vi.advanceTimersByTimeAsync(1200)
  await first
  takes = 2000
  void ask()
  expect(await ask()).toBe(1)
  await vi.advanceTimersByTimeAsync(60_000)
  void ask()
  const patient = ask()
  await vi.advanceTimersByTimeAsync(2100)
  expect(await patient).toBe(3)
})

it('a check whose request has ended is begun anew by another', async () => {
  const abandoned = shared.ask(needs, () => new Promise<never>(() => undefined))
  abandoned.catch(() => undefined)
  const other = ask()
  await vi.advanceTimersByTimeAsync(2700)
  expect(await other).toBe(1)
})

it('a check that fails holds nobody up', async () => {
  await expect(shared.ask(needs, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  const next = ask()
  await vi.advanceTimersByTimeAsync(100)
  expect(await next).toBe(1)
})
