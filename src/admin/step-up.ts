/** Step-up (RFC 9470): irreversible operations and those that grant permissions require a recent sign-in. */

import type { Caller } from '../access/actor.ts'
import { satisfies } from '../authentication/acr.ts'
import type { Problem } from '../kit/problem.ts'
import type { TokenType } from '../protocol/token-confirmation.ts'
import type { Settings } from '../settings/settings.ts'
import type { Operation } from './operation.ts'
import { stepUpRequired } from './problems.ts'

/**
 * The challenge when the sign-in is too old or too weak for `operation`; otherwise undefined. Service accounts cannot
 * sign in; their requests can be required to be signed instead.
 * @param now milliseconds since the Unix epoch
 * @param scheme of the token presented
 */
export function checkStepUp(
  now: number,
  settings: Pick<Settings, 'admin.step_up_max_age_seconds' | 'admin.step_up_acr_values'>,
  operation: Pick<Operation, 'dangerous'>,
  actor: Pick<Caller, 'type' | 'authTime' | 'acr'>,
  scheme: TokenType = 'Bearer',
): Problem | undefined {
  if (!operation.dangerous || actor.type === 'client') return undefined
  const maxAgeSeconds = settings['admin.step_up_max_age_seconds']
  const acrValues = settings['admin.step_up_acr_values']
  const isRecent = actor.authTime !== undefined && now / 1000 - actor.authTime <= maxAgeSeconds
  return isRecent && satisfies(actor.acr, acrValues)
    ? undefined
    : stepUpRequired(maxAgeSeconds, acrValues, scheme)
}
