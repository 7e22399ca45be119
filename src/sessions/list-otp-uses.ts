/** When each generator of one-time passwords was last used, for its owner and administrators. */
import type { StoredOtpUse, SubjectState } from './subject-state.ts'

export const listOtpUses = (state: SubjectState): readonly StoredOtpUse[] => state.otpUses.all()
