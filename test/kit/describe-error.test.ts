import { describe, expect, it } from 'vitest'
import { describeError } from '../../src/kit/describe-error.ts'

describe('describeError', () => {
  it('has the error, its causes and the place in code', () => {
    const text = describeError(new Error('outer', { cause: new TypeError('inner') }))
    expect(text).toMatch(/^Error: outer <- TypeError: inner at .*describe-error\.test\.ts:\d+:\d+/)
  })

  it('shows no further line of a message, also if it looks like a place in code', () => {
    const text = describeError(new Error('Failed query: select 1\nparams: x,\nat 5 Secret Street'))
    expect(text).toMatch(/^Error: Failed query: select 1 at .*\.ts:\d+:\d+/)
    expect(text).not.toContain('Secret')
  })

  it('does not lose the cause behind a long message', () => {
    expect(describeError(new Error('x'.repeat(600), { cause: new Error('the cause') }))).toContain(
      'the cause',
    )
  })

  const databaseError = (code: string, message: string) =>
    Object.assign(new Error(message), { name: 'NeonDbError', code })

  it.each([
    ['22P02', 'invalid input syntax for type uuid: "hunter2"'],
    ['22003', 'value "hunter2" is out of range for type integer'],
    ['22P02', 'invalid input syntax for type uuid: "a" or "hunter2"'],
  ])('shows no value that Postgres quotes (%s, %s)', (code, message) => {
    const text = describeError(databaseError(code, message))
    expect(text).toMatch(/NeonDbError: (invalid input|value)/)
    expect(text).not.toContain('hunter2')
  })

  it('shows names that Postgres quotes', () => {
    const text = 'duplicate key value violates unique constraint "users_email_key"'
    expect(describeError(databaseError('23505', text))).toContain(text)
    expect(describeError(databaseError('42P01', 'relation "users" does not exist'))).toContain('"users"')
  })

  it.each(['{"password":"hunter2"', 'hunter2', '[1, hunter2]'])(
    'shows nothing of JSON that is none',
    (json) => {
      let thrown: unknown
      try {
        JSON.parse(json)
      } catch (error) {
        thrown = error
      }
      expect(describeError(thrown)).toMatch(/^SyntaxError: /)
      expect(describeError(thrown)).not.toContain('hunter2')
    },
  )

  it.each([
    ['Connection string: postgres://worker:hunter2@db.example/main', 'postgres://db.example'],
    ['Connection string: postgres://worker:hun?#ter2@db.example', 'postgres://'],
    ['cannot load https://api.example:8443/cb?code=hunter2, sorry', 'https://api.example:8443'],
    ['cannot load "https://hunter2@api.example/hunter2"', 'https://api.example'],
  ])('shows the host alone of an address: %s', (message, shown) => {
    expect(describeError(new Error(message))).toContain(shown)
    expect(describeError(new Error(message))).not.toMatch(/hunter2|ter2/)
    expect(describeError(message)).not.toMatch(/hunter2|ter2/)
  })
})
