/** Describes why a new password is not acceptable. */
import { unreachable } from '../kit/result.ts'
import type { Messages } from '../messages/en.ts'
import { maxPasswordLength, type PasswordProblem, type PasswordRules } from '../passwords/password-policy.ts'

export function describePasswordProblem(
  messages: Messages,
  problem: PasswordProblem,
  { min_length }: PasswordRules,
): string {
  switch (problem) {
    case 'too_short':
      return messages.passwordTooShort(min_length)
    case 'too_long':
      return messages.passwordTooLong(maxPasswordLength)
    case 'too_common':
      return messages.passwordTooCommon
    case 'too_similar':
      return messages.passwordTooSimilar
    case 'unchanged':
      return messages.passwordUnchanged
    case 'reused':
      return messages.passwords.reused
    default:
      return unreachable(problem)
  }
}
