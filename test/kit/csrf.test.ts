import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkCsrfToken, isOwnOrigin, issueCsrfToken } from '../../src/kit/csrf.ts'
import { randomToken } from '../../src/kit/ids.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'

const root = createRootSecret(randomToken())
const issuer = 'https://auth.test'

describe('CSRF tokens', () => {
  test('a token is good for the browser it was issued to, and for no other', async () => {
    const token = await issueCsrfToken(root, 'browser-1')
    expect(await checkCsrfToken(root, ['browser-1'], token)).toBe(true)
    expect(await checkCsrfToken(root, ['browser-2'], token)).toBe(false)
    expect(await checkCsrfToken(root, ['browser-2', 'browser-1'], token)).toBe(true)
    expect(await checkCsrfToken(root, [], token)).toBe(false)
  })

  test('a deployment accepts only its own tokens', async () => {
    const foreign = await issueCsrfToken(createRootSecret(randomToken()), 'browser')
    expect(await checkCsrfToken(root, ['browser'], foreign)).toBe(false)
  })

  test('two tokens of one browser differ, so that compression does not leak them (BREACH)', async () => {
    expect(await issueCsrfToken(root, 'browser')).not.toBe(await issueCsrfToken(root, 'browser'))
  })

  test('no other text is accepted', async () => {
    const token = await issueCsrfToken(root, 'browser')
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.constant(undefined)), async (text) => {
        expect(await checkCsrfToken(root, ['browser'], text)).toBe(false)
      }),
    )
    for (let index = 0; index < token.length; index++) {
      const changed = token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1)
      // The last character of 32 bytes in base64url has two spare bits; comparing text refuses them too.
      expect(await checkCsrfToken(root, ['browser'], changed)).toBe(false)
    }
  })
})

describe('the origin of a form post (Fetch §3.2, Fetch Metadata)', () => {
  test.each([
    [{ origin: issuer }, true],
    [{ origin: issuer, 'sec-fetch-site': 'same-origin' }, true],
    [{ origin: issuer, 'sec-fetch-dest': 'document' }, true],
    // Attack: a script that got into the guide, which is on this origin.
    [{ origin: issuer, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' }, false],
    [{ origin: 'null', 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{}, false],
    [{ referer: `${issuer}/login` }, true],
    [{ referer: 'https://evil.test/https://auth.test/' }, false],
    [{ referer: 'not a URL' }, false],
    [{ referer: `${issuer}/login`, origin: 'null' }, false],
    [{ referer: `${issuer}/login`, 'sec-fetch-site': 'cross-site' }, false],
    [{ origin: 'null' }, false],
    [{ origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' }, false],
    [{ origin: 'https://auth.test.evil.test' }, false],
    [{ origin: 'https://auth.test:8443' }, false],
    [{ origin: 'http://auth.test' }, false],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
  ])('%j is ours: %s', (headers, expected) => {
    expect(isOwnOrigin(new Headers(headers as Record<string, string>), issuer)).toBe(expected)
  })
})
