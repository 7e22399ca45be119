/** `sdk/vectors/pkce.json`: challenges of code verifiers. */
import { codeChallenge, randomToken } from '@authly-server/core'
import { describe, expect, it } from 'vitest'
import vectors from '../../../sdk/vectors/pkce.json' with { type: 'json' }

describe('a code challenge (RFC 7636 §4.2)', () => {
  it.each(vectors.cases)('$name', async ({ input, expect: { code_challenge, error } }) => {
    const outcome = await codeChallenge(input.code_verifier).then(
      (challenge) => ({ code_challenge: challenge }),
      ({ code }) => ({ error: code }),
    )
    expect(outcome).toEqual(error === undefined ? { code_challenge } : { error })
  })

  it('is there for every verifier that this package makes', async () => {
    expect(await codeChallenge(randomToken())).toMatch(/^[\w-]{43}$/)
  })
})
