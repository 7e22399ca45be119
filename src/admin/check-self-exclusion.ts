/**
 * Prevents administrators from locking themselves out: a request that changes the admission rules must itself be
 * admitted by the new rules.
 */

import type { Caller } from '../access/actor.ts'
import type { Origin } from '../audit/event.ts'
import type { Fault } from '../kit/problem.ts'
import type { Settings } from '../settings/settings.ts'
import { checkAllowList } from './ip-allow-list.ts'

/** Faults of changed settings that would exclude the caller, located below `pointer`. Other settings cause none. */
export function checkSelfExclusion(
  changed: Partial<Settings>,
  caller: { readonly actor: Caller; readonly origin: Pick<Origin, 'ip'> },
  pointer: (name: keyof Settings) => string,
): readonly Fault[] {
  const { actor, origin } = caller
  const faults: Fault[] = []
  const allowList = changed['admin.ip_allow_list']
  if (allowList) faults.push(...checkAllowList(allowList, pointer('admin.ip_allow_list'), origin))
  const signing = changed['admin.request_signing']
  if (signing !== undefined && signing !== 'off' && !actor.isSigned) {
    const detail = 'can be required only by a request that is signed, or nobody could undo this'
    faults.push({ pointer: pointer('admin.request_signing'), detail })
  }
  const acrValues = changed['admin.step_up_acr_values'] ?? []
  if (acrValues.length > 0 && actor.type === 'user' && !acrValues.some((acr) => acr === actor.acr)) {
    const detail = 'must contain how you are signed in, or nobody could undo this'
    faults.push({ pointer: pointer('admin.step_up_acr_values'), detail })
  }
  return faults
}
