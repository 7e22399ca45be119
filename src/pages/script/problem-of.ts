/**
 * Which text says what went wrong in a ceremony. Browsers reveal little more than that it did not happen, so that
 * pages cannot find out which passkeys there are (WebAuthn Level 3 §14.5).
 * @param isOverdue whether the ceremony's time was over
 */
export function problemOf(error: unknown, isOverdue: boolean): PasskeyProblem {
  switch ((error as Partial<Error> | undefined)?.name) {
    case 'NotAllowedError':
    case 'AbortError':
      return isOverdue ? 'timedOut' : 'cancelled'
    case 'InvalidStateError':
      return 'alreadyThere'
    case 'SecurityError':
      return 'wrongDomain'
    case 'ConstraintError':
    case 'NotSupportedError':
      return 'notSupported'
    default:
      return 'failed'
  }
}

/** Names of data attributes that hold the texts. */
export type PasskeyProblem =
  | 'cancelled'
  | 'timedOut'
  | 'alreadyThere'
  | 'wrongDomain'
  | 'notSupported'
  | 'failed'
