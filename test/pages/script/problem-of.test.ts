import { expect, test } from 'vitest'
import { problemOf } from '../../../src/pages/script/problem-of.ts'

const named = (name: string) => new DOMException('whatever the browser says', name)

test.each([
  ['NotAllowedError', false, 'cancelled'],
  ['NotAllowedError', true, 'timedOut'],
  ['AbortError', false, 'cancelled'],
  ['InvalidStateError', false, 'alreadyThere'],
  ['SecurityError', false, 'wrongDomain'],
  ['ConstraintError', false, 'notSupported'],
  ['NotSupportedError', false, 'notSupported'],
  ['UnknownError', false, 'failed'],
] as const)('%s, overdue %s: %s (Web Authentication §5.1.3, §5.1.4)', (name, isOverdue, problem) => {
  expect(problemOf(named(name), isOverdue)).toBe(problem)
})

test('what is no error at all has a text too', () => {
  for (const odd of [undefined, null, 'text', 7]) expect(problemOf(odd, false)).toBe('failed')
})
