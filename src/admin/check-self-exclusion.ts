/**
 * Prevents administrators from locking themselves out: a request that changes the admission rules must itself be
 * admitted by the new rules.
 */

import type { Caller } from '../access/actor.ts'
import type { Origin } from '../audit/event.ts'
import { acrMultiFactor, acrPhishingResistant, includesClass, satisfies } from '../authentication/acr.ts'
import type { Fault } from '../kit/problem.ts'
import type { Settings } from '../settings/settings.ts'
import { checkAllowList } from './ip-allow-list.ts'

/**
 * Faults of changed settings that would exclude the caller, located below `pointer`. Other settings cause none.
 * @param current what is in force before the change
 */
export function checkSelfExclusion(
  changed: Partial<Settings>,
  current: Settings,
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
  if (actor.type === 'user') {
    for (const [name, detail] of excludedSignIns(changed, current, actor.acr)) {
      faults.push({ pointer: pointer(name), detail })
    }
  }
  return faults
}

/** The caller's own way of signing in must still work, and be strong enough. Service accounts do not sign in. */
function excludedSignIns(
  changed: Partial<Settings>,
  current: Settings,
  acr: string | undefined,
): readonly (readonly [keyof Settings, string])[] {
  const settings = { ...current, ...changed }
  const hasPasskey = acr !== undefined && includesClass(acr, acrPhishingResistant)
  const excluded: (readonly [keyof Settings, string])[] = []
  for (const name of ['admin.step_up_acr_values', 'sign_in.required_acr_values'] as const) {
    if (changed[name] && !satisfies(acr, changed[name])) {
      excluded.push([name, 'must contain how you are signed in, or a weaker way, or nobody could undo this'])
    }
  }
  if (changed['sign_in.passwords'] === 'off' && !hasPasskey) {
    excluded.push(['sign_in.passwords', 'can be turned off only by somebody who is signed in with a passkey'])
  }
  if (changed['sign_in.passkeys'] === 'off') {
    const needsPasskey = ['admin.step_up_acr_values', 'sign_in.required_acr_values'] as const
    const isNeeded = needsPasskey.some((name) => !satisfies(acrMultiFactor, settings[name]))
    if (isNeeded) excluded.push(['sign_in.passkeys', 'cannot be turned off while a setting requires them'])
    else if (hasPasskey) {
      excluded.push(['sign_in.passkeys', 'can be turned off only by somebody who is signed in without one'])
    }
  }
  return excluded
}
