/**
 * Whether a URL's host can be public. Works on the host as normalised by the WHATWG URL parser, so `0x7f.1`,
 * `2130706433` and `１２７.0.0.1` arrive here as `127.0.0.1`.
 */
import { parseIpv6 } from './ip-address.ts'

/** IANA special-purpose IPv4 blocks (RFC 6890): none of them is a public server. */
const reservedIpv4 = [
  [0x00000000, 8], // this network
  [0x0a000000, 8], // private
  [0x64400000, 10], // carrier-grade NAT
  [0x7f000000, 8], // loopback
  [0xa9fe0000, 16], // link-local: cloud metadata services
  [0xac100000, 12], // private
  [0xc0000000, 24], // IETF protocol assignments
  [0xc0000200, 24], // documentation
  [0xc0586300, 24], // 6to4 relay
  [0xc0a80000, 16], // private
  [0xc6120000, 15], // benchmarking
  [0xc6336400, 24], // documentation
  [0xcb007100, 24], // documentation
  [0xe0000000, 4], // multicast
  [0xf0000000, 4], // reserved, broadcast
] as const

/** Names that resolve inside a network, never outside (RFC 6761, RFC 6762, RFC 8375, ICANN's .internal). */
const localSuffixes = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'lan',
  'home',
  'corp',
  'home.arpa',
  'onion',
]

/** Names of this machine. @param hostname `URL.hostname` */
export const isLoopbackHost = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'

/** @param hostname `URL.hostname`: lower case, IPv6 in brackets */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
  if (host.startsWith('[')) return isPublicIpv6(host.slice(1, -1))
  const octets = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host)
  if (octets) return isPublicIpv4(octets.slice(1).reduce((number, octet) => number * 256 + Number(octet), 0))
  if (!host.includes('.')) return false
  return !localSuffixes.some((suffix) => host.endsWith(`.${suffix}`))
}

const isPublicIpv4 = (address: number): boolean =>
  !reservedIpv4.some(([network, bits]) => address >>> (32 - bits) === network >>> (32 - bits))

/** Only global unicast (2000::/3), except blocks that embed or tunnel other addresses. */
function isPublicIpv6(address: string): boolean {
  const [first = 0, second = 0] = parseIpv6(address) ?? []
  if (first >>> 13 !== 1) return false
  if (first === 0x2001 && second < 0x0200) return false // Teredo, ORCHID, benchmarking, protocol assignments
  if (first === 0x2001 && second === 0x0db8) return false // documentation
  if (first === 0x2002) return false // 6to4 carries an IPv4 address, private ones too
  return first !== 0x3fff // documentation (RFC 9637)
}
