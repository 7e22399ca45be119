import { expect, it } from 'vitest'
import { addressDetails, shownAddress } from '../../src/telemetry/shown-address.ts'

it.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::/48'],
  ['2001:DB8::1', '2001:db8:0::/48'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['::1', '0:0:0::/48'],
])('of %s the network is %s', (address, network) => {
  expect(shownAddress(address, 'network')).toBe(network)
  expect(shownAddress(address, 'full')).toBe(address)
  expect(shownAddress(address, 'none')).toBeUndefined()
})

it.each([undefined, '', 'unknown', '203.0.113', '203.0.113.7, 10.0.0.1', 'fe80::1%eth0', '"}'])(
  'what is no address is never shown: %j',
  (text) => {
    for (const detail of addressDetails) expect(shownAddress(text, detail)).toBeUndefined()
  },
)
