import { describe, expect, test } from 'vitest'
import { dueStep, planRotation } from '../../src/keys/plan-rotation.ts'

const at = 1_800_000_000_000
const day = 86_400_000
const key = (kid: string, status: 'next' | 'current' | 'retired', alg: 'ES256' | 'RS256' = 'ES256') => ({
  ...{ kid, alg, status, created_at: at },
  activated_at: status === 'next' ? undefined : at,
  retired_at: status === 'retired' ? at + day : undefined,
})
const policy = { rotationSeconds: 90 * 86_400, prepublishSeconds: 86_400, retentionSeconds: 7 * 86_400 }

describe('rotation by hand', () => {
  test('publishes a successor before it signs', () => {
    expect(planRotation([key('a', 'current')], 'ES256', false)).toEqual({ plan: 'publish_successor' })
  })
  test('makes no third key while a successor waits', () => {
    const keys = [key('a', 'current'), key('b', 'next')]
    expect(planRotation(keys, 'ES256', false)).toEqual({ plan: 'nothing' })
  })
  test('an emergency switches at once: to the successor that verifiers may know, else to a new key', () => {
    const current = key('a', 'current')
    expect(planRotation([current, key('b', 'next')], 'ES256', true)).toEqual({
      ...{ plan: 'switch_to_successor', activate: 'b', retire: 'a' },
    })
    expect(planRotation([current], 'ES256', true)).toEqual({ plan: 'switch_to_new', retire: 'a' })
  })
  test('the first key of an algorithm signs at once: nobody has cached its absence', () => {
    const others = [key('r', 'current', 'RS256'), key('old', 'retired')]
    for (const emergency of [false, true]) {
      expect(planRotation(others, 'ES256', emergency)).toEqual({ plan: 'switch_to_new', retire: undefined })
    }
  })
  test('a successor without a current key takes over only by the clock or in an emergency', () => {
    expect(planRotation([key('b', 'next')], 'ES256', true)).toMatchObject({
      activate: 'b',
      retire: undefined,
    })
  })
})

describe('what is due next', () => {
  test('walks the life of a key', () => {
    const current = key('a', 'current')
    const next = { ...key('b', 'next'), created_at: at + 89 * day }
    const retired = key('c', 'retired')
    expect(dueStep(current, [current], policy)).toEqual({ step: 'publish_successor', at: at + 89 * day })
    expect(dueStep(current, [current, next], policy)).toEqual({ step: 'hand_over', at: at + 90 * day })
    expect(dueStep(next, [current, next], policy)).toEqual({ step: 'take_over', at: at + 90 * day })
    expect(dueStep(retired, [current, retired], policy)).toEqual({ step: 'remove', at: at + 8 * day })
  })
})
