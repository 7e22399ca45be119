import { AuthlyError, StepUpRequired } from '@authly-server/browser'
import { describe, expect, it } from 'vitest'

describe('a step-up (RFC 9470)', () => {
  it('is an error with what signIn needs', () => {
    const error = new StepUpRequired({
      acr_values: 'a  b',
      max_age: '300',
      error_description: 'newer, please',
    })
    expect(error).toBeInstanceOf(AuthlyError)
    expect(error).toMatchObject({
      ...{ acrValues: ['a', 'b'], acrEssential: true, maxAge: 300 },
      description: 'newer, please',
    })
  })

  it.each(['-1', '1e9', 'soon', '99999999999'])('max_age %j is none', (max_age) => {
    expect(new StepUpRequired({ max_age })).not.toHaveProperty('maxAge')
  })
})
