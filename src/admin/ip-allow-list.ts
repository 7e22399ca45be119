/**
 * The addresses from which the admin API may be called: the setting `admin.ip_allow_list` applies to everyone, a
 * client's own list in addition. Both must allow the address; an empty list allows any.
 */

import { parseIpAddress } from '../kit/ip-address.ts'
import { isInRange, parseIpRange } from '../kit/ip-range.ts'
import type { Fault } from '../kit/problem.ts'

/**
 * Whether `ip` may call. Fails closed: with a list, an unknown address is refused, and an entry that is not a valid
 * range allows nobody.
 */
export function isAllowedFrom(allowList: readonly string[], ip: string | undefined): boolean {
  if (allowList.length === 0) return true
  const address = ip === undefined ? undefined : parseIpAddress(ip)
  if (!address) return false
  return allowList.some((entry) => {
    const range = parseIpRange(entry)
    return range !== undefined && isInRange(address, range)
  })
}

/**
 * Faults of a new list, below `pointer`: every entry must be a range, and a list that applies to the caller must
 * contain the caller's address, to prevent a lock-out. Pass `callerIp` for lists that apply to the caller; omit it for
 * another client's list.
 */
export function checkAllowList(
  allowList: readonly string[],
  pointer: string,
  caller?: { readonly ip: string | undefined },
): readonly Fault[] {
  const malformed = allowList.flatMap((entry, index) =>
    parseIpRange(entry)
      ? []
      : [{ pointer: `${pointer}/${index}`, detail: 'must be an IP address or CIDR range' }],
  )
  if (malformed.length > 0 || !caller || isAllowedFrom(allowList, caller.ip)) return malformed
  return [{ pointer, detail: 'must contain the address you call from, or nobody could undo this' }]
}
