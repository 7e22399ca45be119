/** Describes why a new password is not acceptable. */
import { unreachable } from '../kit/result.ts'
import type { Messages } from '../messages/en.ts'
import { maxPasswordLength, minPasswordLength, type PasswordProblem } from '../passwords/password-policy.ts'

export function describePasswordProblem(messages: Messages, problem: PasswordProblem): string {
  switch (problem) {
    case 'too_short':
      return messages.passwordTooShort(minPasswordLength)
    case 'too_long':
      return messages.passwordTooLong(maxPasswordLength)
    case 'too_common':
      return messages.passwordTooCommon
    case 'too_similar':
      return messages.passwordTooSimilar
    case 'unchanged':
      return messages.passwordUnchanged
    default:
      return unreachable(problem)
  }
}
