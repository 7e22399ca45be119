/** `sdk/vectors/challenges.json`: what `WWW-Authenticate` says. */
import { readChallenges, tokenChallenge } from '@authly-server/core'
import { describe, expect, it } from 'vitest'
import vectors from '../../../sdk/vectors/challenges.json' with { type: 'json' }

describe('WWW-Authenticate (RFC 9110 §11.6.1)', () => {
  it.each(vectors.cases)('$name', ({ input, expect: { challenges } }) => {
    expect(readChallenges(input.www_authenticate)).toEqual(challenges)
  })

  // Attack: a hostile API stops the page, or the program, that asked it. With a time that grows by the square these take
  // minutes, and the test ends by its limit.
  it.each(['a', ' ', 'a ', 'a = ', ',', 'a=', 'a="', '"', '\\', 'a="\\"', 'a  ,', 'Bearer a="b", ', 'a=='])(
    'is read in a time that grows no faster than it does: %j',
    (piece) => {
      const many = piece.repeat(300_000 / piece.length)
      for (const start of ['', 'Bearer ', 'Bearer a', 'Bearer a="', 'Bearer a="b"', 'Bearer a  '])
        expect(readChallenges(start + many)).toBeInstanceOf(Array)
    },
  )
})

describe('what is wrong with a token', () => {
  it.each([
    [null, {}],
    ['Bearer realm="api", DPoP algs="ES256"', {}],
    [
      'Bearer realm="api", DPoP error="use_dpop_nonce", algs="ES256"',
      { error: 'use_dpop_nonce', algs: 'ES256' },
    ],
    ['DPoP error="invalid_token", Bearer error="later", scope="a"', { error: 'invalid_token' }],
    // What another scheme says is not about the token.
    [
      'Basic error="insufficient_user_authentication", Bearer error="invalid_token"',
      { error: 'invalid_token' },
    ],
  ])('%j', (header, expected) => {
    expect(tokenChallenge(header)).toEqual(expected)
  })
})
