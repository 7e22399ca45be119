/** Why a password must be changed before its owner goes on. */

/** `breached` says more than `must_change`, so it is named where both hold. */
export type ChangeReason = 'breached' | 'must_change'

/** Undefined when the password may be kept. */
export function changeReasonOf(password: {
  readonly must_change: boolean
  readonly is_breached: boolean
}): ChangeReason | undefined {
  if (password.is_breached) return 'breached'
  return password.must_change ? 'must_change' : undefined
}
