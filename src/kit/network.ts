/** Networks: the range of addresses that one host can choose from. */
import { mappedIpv4, parseIpv6 } from './ip-address.ts'

/**
 * The network of an address. An IPv6 address counts as its /64: one host can use all 2^64 addresses of it, and
 * would otherwise get a bucket for each. Anything that is not an address is returned unchanged.
 */
export function networkOf(address: string): string {
  const groups = address.includes(':') ? parseIpv6(address) : undefined
  if (!groups) return address
  const network = groups.slice(0, 4).map((group) => group.toString(16))
  return mappedIpv4(groups) ?? `${network.join(':')}::/64`
}
