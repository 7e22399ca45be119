/** Which API's token a request gets (RFC 8707 §3: no API shall hold what another one takes). */
import { describe, expect, it } from 'vitest'
import { resourceOf } from '../../../sdk/js/browser/src/resource-of.ts'

const issuer = 'https://auth.example'
const orders = 'https://api.example/orders'
const archive = 'https://api.example/orders/archive/'
const reports = 'https://reports.example/v1'

describe('the token of a request is for', () => {
  it.each([
    ['https://api.example/orders', orders],
    ['https://api.example/orders/7?x=1#y', orders],
    ['https://api.example/orders/archive/7', archive],
    ['https://reports.example/v1/latest', reports],
    ['https://auth.example/oauth/userinfo', issuer],
    // The page's own origin, or one that was allowed by name: the default.
    ['https://app.example/api', undefined],
    // Attack: a host whose name only begins like that of an API.
    ['https://api.example.evil.test/orders', undefined],
    // Attack: an API that is asked beside its path must not get what is for the default one.
    ['https://reports.example/v2', reports],
    ['https://reports.example/v1x', reports],
  ])('%s → %s', (url, expected) => {
    expect(resourceOf(url, issuer, [orders, archive, reports, 'urn:example:mail'])).toBe(expected)
  })

  it('everything that was granted, where no API was named', () => {
    expect(resourceOf('https://auth.example/oauth/userinfo', issuer, [])).toBeUndefined()
  })
})
