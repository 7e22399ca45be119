/** A code that proves nothing at a step of a sign-in: counted for that step, and recorded. */
import { createEvent } from '../audit/create-event.ts'
import type { AuditEvent } from '../audit/event.ts'
import { countStepFailure } from './advance-sign-in.ts'
import type { PendingSignIn } from './pending-sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { SubjectState } from './subject-state.ts'

/**
 * `lost` after the last allowed attempt: the sign-in starts over.
 * @param event what is recorded instead of a failed sign-in
 */
export function countWrongCode(
  state: SubjectState,
  { now, origin, user_id }: SignInAttempt,
  pending: PendingSignIn,
  step: string,
  event?: AuditEvent,
): 'refused' | 'lost' {
  const goesOn = countStepFailure(state, pending, step)
  state.record(
    event ??
      createEvent('login.failed', now, origin, {
        ...{ outcome: 'failure', actor_type: 'anonymous', user_id },
        data: { method: step, failures: (pending.failures[step] ?? 0) + 1 },
      }),
  )
  return goesOn ? 'refused' : 'lost'
}
