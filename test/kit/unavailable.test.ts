/** An outage behind us is 503 and worth a retry; a bug is 500 and is not. */
import { describe, expect, it } from 'vitest'
import { isUnavailable } from '../../src/kit/unavailable.ts'
import { withTimeout } from '../../src/kit/with-timeout.ts'

const named = (name: string, more: object = {}) => Object.assign(new Error('x'), { name, ...more })

describe('isUnavailable', () => {
  it.each([
    ['a part that did not answer in time', named('TimeoutError')],
    ['a database that cannot be reached', named('NeonDbError')],
    ['a database that is shutting down (57P01)', named('NeonDbError', { code: '57P01' })],
    ['a database without connections (53300)', named('NeonDbError', { code: '53300' })],
    ['an overloaded object', named('Error', { overloaded: true })],
    ['a query that failed for such a reason', named('DrizzleQueryError', { cause: named('NeonDbError') })],
  ])('knows %s', (_, error) => expect(isUnavailable(error)).toBe(true))

  it.each([
    ['a broken rule of the schema (23505)', named('NeonDbError', { code: '23505' })],
    [
      'an answer of Postgres, whatever caused it',
      named('NeonDbError', { code: '23505', cause: named('TimeoutError') }),
    ],
    ['a wrong statement (42601)', named('NeonDbError', { code: '42601' })],
    ['a bug', new TypeError('x is not a function')],
    ['what is no error', 'TimeoutError'],
    ['nothing', undefined],
  ])('does not take for one: %s', (_, error) => expect(isUnavailable(error)).toBe(false))
})

describe('withTimeout', () => {
  it('gives up with an error that counts as an outage', async () => {
    const never = new Promise<never>(() => undefined)
    const error = await withTimeout(never, 1, 'a part').catch((reason: unknown) => reason)
    expect(isUnavailable(error)).toBe(true)
  })
})
