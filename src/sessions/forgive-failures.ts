/** An administrator ends a lock-out. */
import type { SubjectState } from './subject-state.ts'

/** Deletes the failed sign-ins. Repeatable. */
export const forgiveFailures = (state: SubjectState): void => state.attempts.clear()
