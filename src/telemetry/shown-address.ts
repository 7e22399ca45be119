/** How much of an address the log shows (`AUTHLY_LOG_ADDRESSES`): it is personal data. */
import { mappedIpv4, parseIpAddress, parseIpv6 } from '../kit/ip-address.ts'

export const addressDetails = ['none', 'network', 'full'] as const
export type AddressDetail = (typeof addressDetails)[number]

/** `network` is a /24, or a /48 of IPv6: what providers assign to a site, not to one household. */
export function shownAddress(address: string | undefined, detail: AddressDetail): string | undefined {
  if (address === undefined || detail === 'none' || !parseIpAddress(address)) return undefined
  if (detail === 'full') return address
  const groups = address.includes(':') ? parseIpv6(address) : undefined
  const ipv4 = groups ? mappedIpv4(groups) : address
  if (ipv4 !== undefined) return `${ipv4.slice(0, ipv4.lastIndexOf('.'))}.0/24`
  return `${groups
    ?.slice(0, 3)
    .map((group) => group.toString(16))
    .join(':')}::/48`
}
