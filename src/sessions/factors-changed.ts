/**
 * A factor of the person was added, changed or removed: sign-ins in progress start over, because they hold what the
 * account had before, and every browser is asked for the second factor again. Idempotent: whoever changes a factor
 * calls again after an outage.
 */
import type { EventActor, Origin } from '../audit/event.ts'
import { forgetRememberedDevices } from './remembered-device.ts'
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

export function factorsChanged(state: SubjectState, input: FactorsChanged): void {
  const { now, user_id, origin, by, used } = input
  if (used) state.otpUses.spend({ ...used, used_at: now })
  state.pendingSignIns.clear()
  forgetRememberedDevices(state, { now, user_id, origin, by })
}
