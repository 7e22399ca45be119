/**
 * Parses IP addresses. IPv6 is left to the platform's URL parser (WHATWG URL §3.5), which is strict: notations
 * that two parsers could read differently (leading zeros that may be octal, zone ids) are rejected.
 */

/** An address as bits: 32 or 128. IPv4-mapped IPv6 (RFC 4291 §2.5.5.2) counts as the IPv4 address inside. */
export interface IpAddress {
  readonly bits: 32 | 128
  readonly value: bigint
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`)
/** Brackets, slashes and the like would make the URL parser read something else. */
const ipv6Characters = /^[\da-f:.]{2,45}$/i
const mappedPrefix = 0xffffn

/** @returns undefined for anything that is not exactly one address */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (ipv4.test(text)) {
    return { bits: 32, value: text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n) }
  }
  const value = parseIpv6(text)?.reduce((sum, group) => (sum << 16n) + BigInt(group), 0n)
  if (value === undefined) return undefined
  return value >> 32n === mappedPrefix ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value }
}

/** The eight groups of an IPv6 address. */
export function parseIpv6(text: string): readonly number[] | undefined {
  const url = ipv6Characters.test(text) ? URL.parse(`http://[${text}]`) : null
  if (!url) return undefined
  const [front = [], back = []] = url.hostname
    .slice(1, -1)
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16))))
  return [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back]
}

/** The IPv4 address inside an IPv4-mapped one. */
export function mappedIpv4(groups: readonly number[]): string | undefined {
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return undefined
  return groups
    .slice(6)
    .flatMap((group) => [group >>> 8, group & 255])
    .join('.')
}
