import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ownPath } from '../../src/pages/own-path.ts'

const issuer = 'https://auth.test'

describe('a path of this server', () => {
  test.each([
    ['/login', '/login'],
    ['/login?interaction=authly_in_abc&as=another', '/login?interaction=authly_in_abc&as=another'],
    ['/a/../login', '/login'],
    ['/login?next=https://elsewhere.test/', '/login?next=https://elsewhere.test/'],
    ['/login#there', '/login'],
  ])('%s', (address, path) => {
    expect(ownPath(address, issuer)).toBe(path)
  })

  test.each([
    [undefined],
    [''],
    ['login'],
    ['https://evil.test/'],
    ['//evil.test/'],
    ['/\\evil.test/'],
    ['\\\\evil.test/'],
    ['/.//evil.test/'],
    ['/a/..//evil.test/'],
    ['/\t/evil.test/'],
    ['/\r\nlocation: https://evil.test/'],
    ['/login with space'],
    ['javascript:alert(1)'],
    [`/${'x'.repeat(9000)}`],
  ])('%j is none', (address) => {
    expect(ownPath(address, issuer)).toBeUndefined()
  })

  test('whatever is asked for, a browser stays on this server', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '//',
      'evil.test',
      '@',
      ':',
      '?',
      '#',
      '%2f',
      '\t',
      'a',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const path = ownPath(`/${parts.join('')}`, issuer)
        if (path !== undefined) expect(new URL(path, issuer).origin).toBe(issuer)
      }),
      { numRuns: 5000 },
    )
  })
})
