/**
 * IP ranges in CIDR notation (RFC 4632, RFC 4291 §2.3). Strict: what two parsers could read differently (leading
 * zeros that may be octal, host bits beyond the prefix, zone ids) is no range at all.
 */

/** An address as bits: 32 or 128. IPv4-mapped IPv6 (RFC 4291 §2.5.5.2) counts as the IPv4 address inside. */
export interface IpAddress {
  readonly bits: 32 | 128
  readonly value: bigint
}

export interface IpRange {
  readonly bits: 32 | 128
  readonly network: bigint
  readonly prefix: number
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`)
const hextet = /^[0-9a-f]{1,4}$/i
const mappedPrefix = 0xffffn

/** @returns undefined for anything that is not exactly one address */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (ipv4.test(text)) return { bits: 32, value: ipv4Value(text) }
  if (text.length > 45 || !text.includes(':')) return undefined
  const value = ipv6Value(text)
  if (value === undefined) return undefined
  return value >> 32n === mappedPrefix ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value }
}

/**
 * Reads `192.0.2.0/24`, `2001:db8::/32`, or one address.
 * @returns undefined when it is malformed, or when bits beyond the prefix are set: a typing error in a list that
 * protects something must not be guessed away
 */
export function parseIpRange(text: string): IpRange | undefined {
  const [addressText = '', prefixText, ...rest] = text.split('/')
  const address = parseIpAddress(addressText)
  if (!address || rest.length > 0) return undefined
  if (prefixText === undefined) return { bits: address.bits, network: address.value, prefix: address.bits }
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefixText)) return undefined
  const isMapped = address.bits === 32 && addressText.includes(':')
  const prefix = Number(prefixText) - (isMapped ? 96 : 0)
  if (prefix < 0 || prefix > address.bits) return undefined
  const hostBits = BigInt(address.bits - prefix)
  if ((address.value >> hostBits) << hostBits !== address.value) return undefined
  return { bits: address.bits, network: address.value, prefix }
}

/** Whether `address` lies in `range`. */
export function isInRange(address: IpAddress, range: IpRange): boolean {
  if (address.bits !== range.bits) return false
  const hostBits = BigInt(range.bits - range.prefix)
  return address.value >> hostBits === range.network >> hostBits
}

const ipv4Value = (text: string): bigint =>
  text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n)

function ipv6Value(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [front, back] = halves.map(groupsOf)
  if (!front || (halves.length === 2 && !back)) return undefined
  const given = front.length + (back?.length ?? 0)
  // `::` stands for at least one group (RFC 5952 §4.2.2 wants two, but RFC 4291 allows one).
  if (halves.length === 1 ? given !== 8 : given > 7) return undefined
  const groups = [...front, ...Array<number>(8 - given).fill(0), ...(back ?? [])]
  return groups.reduce((value, group) => (value << 16n) + BigInt(group), 0n)
}

/** The 16-bit groups of one side of `::`; the last two may be written as an IPv4 address. */
function groupsOf(text: string, index: number, halves: readonly string[]): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [position, part] of parts.entries()) {
    const isLast = position === parts.length - 1 && index === halves.length - 1
    if (isLast && ipv4.test(part)) {
      const value = Number(ipv4Value(part))
      groups.push(value >>> 16, value & 0xffff)
    } else if (hextet.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}
