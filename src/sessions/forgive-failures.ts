/** An administrator ends a lock-out. */
import type { SubjectState } from './subject-state.ts'

/** Failed sign-ins count no more. Repeatable. */
export const forgiveFailures = (state: SubjectState): void => state.attempts.clear()
