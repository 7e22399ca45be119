/**
 * IP ranges in CIDR notation (RFC 4632, RFC 4291 §2.3). Strict: notations that two parsers could read differently,
 * host bits beyond the prefix included, are rejected.
 */
import { type IpAddress, parseIpAddress } from './ip-address.ts'

export interface IpRange {
  readonly bits: 32 | 128
  readonly network: bigint
  readonly prefix: number
}

/**
 * Parses `192.0.2.0/24`, `2001:db8::/32`, or a single address.
 * @returns undefined when it is malformed, or when bits beyond the prefix are set: in a list that protects
 *   something, a typing error must not be corrected by guessing
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
