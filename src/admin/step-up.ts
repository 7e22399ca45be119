/** Step-up (RFC 9470): what cannot be undone, or gives power away, needs a person who proved themselves lately. */

import type { Caller } from '../access/actor.ts'
import type { Problem } from '../kit/problem.ts'
import type { Settings } from '../settings/settings.ts'
import type { Operation } from './operation.ts'
import { stepUpRequired } from './problems.ts'

/**
 * The challenge for a sign-in that is too old or too weak for `operation`; undefined when it will do. Service
 * accounts cannot sign in: for them, requests can be required to be signed.
 * @param now milliseconds since the Unix epoch
 */
export function checkStepUp(
  now: number,
  settings: Pick<Settings, 'admin.step_up_max_age_seconds' | 'admin.step_up_acr_values'>,
  operation: Pick<Operation, 'dangerous'>,
  actor: Pick<Caller, 'type' | 'authTime' | 'acr'>,
): Problem | undefined {
  if (!operation.dangerous || actor.type === 'client') return undefined
  const maxAgeSeconds = settings['admin.step_up_max_age_seconds']
  const acrValues = settings['admin.step_up_acr_values']
  const isRecent = actor.authTime !== undefined && now / 1000 - actor.authTime <= maxAgeSeconds
  const isStrong = acrValues.length === 0 || acrValues.some((acr) => acr === actor.acr)
  return isRecent && isStrong ? undefined : stepUpRequired(maxAgeSeconds, acrValues)
}
