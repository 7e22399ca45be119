import { AuthlyError, safeReturnTo } from '@authly-server/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const origin = 'https://app.example'

describe('returnTo (RFC 9700 §4.11: no open redirector)', () => {
  it.each([
    ['/', '/'],
    ['/orders?page=2#last', '/orders?page=2#last'],
    ['https://app.example/orders', '/orders'],
    ['orders', '/orders'],
    ['', '/'],
  ])('%j leads to %j', (returnTo, path) => {
    expect(safeReturnTo(returnTo, origin)).toBe(path)
  })

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\t//evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://app.example@evil.example',
    'https://app.example.evil.example',
    'http://app.example',
  ])('%j is refused', (returnTo) => {
    expect(() => safeReturnTo(returnTo, origin)).toThrow(AuthlyError)
  })

  it('whatever it is, a browser that goes there stays in the application', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((rest) => `//${rest}`),
        ),
        (returnTo) => {
          let path: string
          try {
            path = safeReturnTo(returnTo, origin)
          } catch {
            return
          }
          expect(new URL(path, origin).origin).toBe(origin)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
