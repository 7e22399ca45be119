import { afterEach, expect, test } from 'vitest'
import { addObserver, isObserved, type Observer, observe } from '../../src/telemetry/observe.ts'

let remove: (() => void) | undefined

afterEach(() => {
  remove?.()
  remove = undefined
})

const recording = (name: string, seen: string[]): Observer => ({
  async around(kind, attributes, work) {
    seen.push(`${name} ${kind} ${JSON.stringify(attributes)}`)
    try {
      return await work()
    } finally {
      seen.push(`${name} end`)
    }
  },
})

test('an unobserved call is the call itself', () => {
  const answer = Promise.resolve(1)
  expect(isObserved()).toBe(false)
  expect(observe('signature', { alg: 'ES256' }, () => answer)).toBe(answer)
})

test('observers are nested, and the answer passes through all of them', async () => {
  const seen: string[] = []
  remove = addObserver(recording('inner', seen))
  addObserver(recording('outer', seen))
  expect(await observe('signature', { alg: 'ES256' }, async () => 1)).toBe(1)
  expect(seen).toEqual([
    'outer signature {"alg":"ES256"}',
    'inner signature {"alg":"ES256"}',
    'inner end',
    'outer end',
  ])
  remove()
  expect(isObserved()).toBe(false)
})

test('a failure passes through', async () => {
  const seen: string[] = []
  remove = addObserver(recording('only', seen))
  const failure = new Error('no')
  await expect(observe('delivery', { events: 2, causes: [] }, () => Promise.reject(failure))).rejects.toBe(
    failure,
  )
  expect(seen).toContain('only end')
})
