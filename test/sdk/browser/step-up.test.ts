import { AuthlyError, StepUpRequired } from '@authly-server/browser'
import { describe, expect, it } from 'vitest'
import { readChallenge } from '../../../sdk/js/browser/src/step-up.ts'

describe('what WWW-Authenticate says (RFC 9110 §11.6.1)', () => {
  it.each([
    [null, {}],
    ['DPoP', {}],
    ['Bearer error="invalid_token"', { error: 'invalid_token' }],
    ['Bearer error=invalid_token, scope="a b"', { error: 'invalid_token', scope: 'a b' }],
    ['DPoP ERROR = "use_dpop_nonce"', { error: 'use_dpop_nonce' }],
    ['Bearer realm="a, error=\\"no\\"", error="yes"', { realm: 'a, error="no"', error: 'yes' }],
    [
      'DPoP realm="authly", error="invalid_token", algs="ES256", Bearer realm="other", error="later"',
      { realm: 'authly', error: 'invalid_token', algs: 'ES256' },
    ],
  ])('%j', (header, attributes) => {
    expect(readChallenge(header)).toEqual(attributes)
  })

  it('takes no time for a header that was made to take long', () => {
    expect(readChallenge(`Bearer ${'a="'.repeat(20_000)}`)).toHaveProperty('a')
    expect(readChallenge(`Bearer a="${'\\'.repeat(50_000)}`)).toBeTypeOf('object')
  })
})

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
