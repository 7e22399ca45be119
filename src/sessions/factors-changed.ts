/**
 * A factor of the person was added, changed or removed. Idempotent: whoever changes one calls again after an outage.
 */
import type { EventActor, Origin } from '../audit/event.ts'
import type { StoredOtpUse, SubjectState } from './subject-state.ts'

export interface FactorsChanged {
  readonly now: number
  readonly user_id: string
  readonly origin: Origin
  /** Who changed them, if not their owner. */
  readonly by?: EventActor | undefined
  /** The code that confirmed a new generator is used up. */
  readonly used?: Pick<StoredOtpUse, 'otp_id' | 'step'> | undefined
}

export function factorsChanged(state: SubjectState, { now, used }: FactorsChanged): void {
  if (used) state.otpUses.spend({ ...used, used_at: now })
}
