/**
 * From where the admin API may be called: the setting `admin.ip_allow_list` for everybody, and a client's own
 * list on top. Both must allow; an empty list allows any address.
 */

import { parseIpAddress } from '../kit/ip-address.ts'
import { isInRange, parseIpRange } from '../kit/ip-range.ts'
import type { Fault } from '../kit/problem.ts'

/**
 * Whether `ip` may call. Fails closed: with a list, an unknown address is refused, and an entry that is no range
 * allows nobody.
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
 * What is wrong with a new list, as faults below `pointer`. For whoever changes a list: every entry must be a
 * range, and a list that holds must hold the address of the one who sets it, or they would lock everybody out.
 * Pass `callerIp` for lists that the caller is bound by; leave it out for another client's list.
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
