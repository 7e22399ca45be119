/** `sdk/vectors/pkce.json`, as the server sees it. */
import { describe, expect, it } from 'vitest'
import vectors from '../../sdk/vectors/pkce.json' with { type: 'json' }
import { isCodeChallenge, verifierMatches } from '../../src/protocol/pkce.ts'

const [{ expect: example }] = vectors.cases as [(typeof vectors.cases)[number]]
const good = vectors.cases.filter(({ expect: { code_challenge } }) => code_challenge !== undefined)
const bad = vectors.cases.filter(({ expect: { error } }) => error !== undefined)

describe('a code verifier at the token endpoint (RFC 7636 §4.6)', () => {
  it.each(good)(
    'fits its challenge and no other: $name',
    async ({ input, expect: { code_challenge = '' } }) => {
      expect(isCodeChallenge(code_challenge)).toBe(true)
      expect(await verifierMatches(input.code_verifier, code_challenge)).toBe(true)
      const other = code_challenge.startsWith('A')
        ? `B${code_challenge.slice(1)}`
        : `A${code_challenge.slice(1)}`
      expect(await verifierMatches(input.code_verifier, other)).toBe(false)
    },
  )

  it.each(bad)('is refused: $name', async ({ input }) => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(input.code_verifier))
    // Whatever its hash is.
    expect(await verifierMatches(input.code_verifier, Buffer.from(digest).toString('base64url'))).toBe(false)
    expect(await verifierMatches(input.code_verifier, example.code_challenge ?? '')).toBe(false)
  })
})
