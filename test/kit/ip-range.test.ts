import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIpAddress } from '../../src/kit/ip-address.ts'
import { isInRange, parseIpRange } from '../../src/kit/ip-range.ts'

function contains(range: string, address: string): boolean {
  const parsedRange = parseIpRange(range)
  const parsedAddress = parseIpAddress(address)
  if (!parsedRange || !parsedAddress) throw new Error(`${range} or ${address} does not parse`)
  return isInRange(parsedAddress, parsedRange)
}

describe('an IP range (RFC 4632, RFC 4291)', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.0', true],
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['192.0.2.7/32', '192.0.2.7', true],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['2001:DB8::1', '2001:0db8:0:0:0:0:0:1', true],
    ['::/0', '2001:db8::1', true],
    ['::/0', '192.0.2.1', false],
    ['fe80::/10', 'febf::1', true],
    ['64:ff9b::192.0.2.0/120', '64:ff9b::c000:2ff', true],
  ])('%s and %s: %s', (range, address, isInside) => {
    expect(contains(range, address)).toBe(isInside)
  })

  it.each([
    ['192.0.2.0/24', '::ffff:192.0.2.9'],
    ['192.0.2.0/24', '::ffff:c000:209'],
    ['::ffff:192.0.2.0/120', '192.0.2.9'],
  ])('an IPv4-mapped address is the IPv4 address inside: %s and %s (RFC 4291 §2.5.5.2)', (range, address) => {
    expect(contains(range, address)).toBe(true)
  })

  it.each([
    '',
    ' ',
    '192.0.2',
    '192.0.2.1.5',
    '192.0.2.256',
    '192.0.02.1',
    '0x7f.0.0.1',
    '3221225985',
    '192.0.2.1 ',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    ':1',
    '1:',
    '12345::',
    'g::',
    'fe80::1%eth0',
    '[::1]',
    '192.0.2.1::',
    '::192.0.2.1:1',
    '1:2:3:4:5:6:7:192.0.2.1',
    '::ffff:010.0.0.1',
    '::ffff:0x10.0.0.1',
    '::1]/[::',
    '::1]@[::2',
    '1:2:3:4::5:6:7:8',
    'localhost',
  ])('%j is no address', (text) => {
    expect(parseIpAddress(text)).toBeUndefined()
  })

  it.each([
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/',
    '192.0.2.0/024',
    '192.0.2.0/24/8',
    '/24',
    '2001:db8::/129',
    '192.0.2.0/255.255.255.0',
    '::ffff:192.0.2.0/95',
    '192.0.2.0/1e1',
  ])('%j is no range', (text) => {
    expect(parseIpRange(text)).toBeUndefined()
  })

  it.each(['192.0.2.1/24', '2001:db8::1/32'])('%s has bits beyond its prefix: a typing error', (text) => {
    expect(parseIpRange(text)).toBeUndefined()
  })

  it('an address is in the range of its own first bits, whatever their number', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
        const value = parseIpAddress(address)?.value ?? 0n
        const hostBits = BigInt(32 - prefix)
        const network = (value >> hostBits) << hostBits
        const text = [24n, 16n, 8n, 0n].map((shift) => (network >> shift) & 255n).join('.')
        return contains(`${text}/${prefix}`, address)
      }),
    )
    fc.assert(fc.property(fc.ipV6(), (address) => contains(address, address)))
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => parseIpRange(text) !== null && parseIpAddress(text) !== null),
    )
  })
})
