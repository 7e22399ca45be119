/** Networks: what addresses that one host can choose from have in common. */
import { mappedIpv4, parseIpv6 } from './ip-address.ts'

/**
 * Where an address belongs. An IPv6 address counts as its /64: one host can use all 2^64 addresses of its
 * network, each with a bucket of its own. What is no address stands for itself.
 */
export function networkOf(address: string): string {
  const groups = address.includes(':') ? parseIpv6(address) : undefined
  if (!groups) return address
  const network = groups.slice(0, 4).map((group) => group.toString(16))
  return mappedIpv4(groups) ?? `${network.join(':')}::/64`
}
