import { resourceAbove, resourceOfOrigin } from '@authly-server/core'
import { expect, it } from 'vitest'

const orders = 'https://api.example/orders'
const archive = 'https://api.example/orders/archive/'

it.each([
  [orders, orders],
  [`${orders}/7?x=/orders/archive/1`, orders],
  ['https://api.example/orders/archive', archive],
  ['https://api.example/orders/archive/7', archive],
  // Attack: an address that only begins like that of an API.
  ['https://api.example/orders-of-others', undefined],
  ['https://api.example.evil.test/orders', undefined],
  ['https://api.example/', undefined],
])('%s is below %s (RFC 8707 §2)', (url, expected) => {
  expect(resourceAbove(url, [orders, archive, 'urn:example:mail'])).toBe(expected)
})

it('an address of the same origin belongs to the first, one of another to none', () => {
  expect(resourceOfOrigin('https://api.example/mail', ['urn:example:mail', orders, archive])).toBe(orders)
  expect(resourceOfOrigin('http://api.example/orders', [orders])).toBeUndefined()
})
