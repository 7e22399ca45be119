import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIpAddress } from '../../src/kit/ip-address.ts'
import { networkOf } from '../../src/kit/network.ts'

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['2001:DB8:0001::7', '2001:db8:1:0::/64'],
    ['unknown', 'unknown'],
    ['no:address', 'no:address'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })

  it('is the same for every host part, and another one for every other network part', () => {
    const half = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })
    const spell = (value: bigint) =>
      value
        .toString(16)
        .padStart(32, '0')
        .replace(/(.{4})(?=.)/g, '$1:')
    fc.assert(
      fc.property(half, half, half, half, (network, other, host, sibling) => {
        const address = spell((network << 64n) + host)
        expect(parseIpAddress(address)).toEqual({ bits: 128, value: (network << 64n) + host })
        expect(networkOf(address)).toBe(networkOf(spell((network << 64n) + sibling)))
        expect(networkOf(address) === networkOf(spell((other << 64n) + host))).toBe(network === other)
      }),
    )
  })
})
