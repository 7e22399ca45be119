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
})
