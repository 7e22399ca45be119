import { expect, it } from 'vitest'
import { callingCodePattern, isAllowedNumber } from '../../src/kit/calling-codes.ts'

it.each([
  ['+491701234567', ['+49'], true],
  ['+491701234567', ['+43', '+49'], true],
  ['+491701234567', [], false],
  ['+491701234567', ['+1'], false],
  ['+12125550123', ['+1'], true],
  ['+14165550123', ['+1'], true],
  // Jamaica and the Dominican Republic, which share +1.
  ['+18765550123', ['+1'], false],
  ['+18295550123', ['+1', '+1876'], false],
  ['+18765550123', ['+1', '+1876'], true],
  ['+12125550123', ['+1876'], false],
] as const)('%s where %j is allowed: %s', (number, allowed, expected) => {
  expect(isAllowedNumber(number, allowed)).toBe(expected)
})

it.each(['49', '+0', '+4912', '+1 876', '+', '', '+1*', '+18760'])('%j is no calling code', (text) => {
  expect(text).not.toMatch(callingCodePattern)
})
