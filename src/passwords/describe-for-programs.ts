/** Why a password is not acceptable, for programs; pages say it in the person's language. */
import { unreachable } from '../kit/result.ts'
import { maxPasswordLength, type PasswordProblem, type PasswordRules } from './password-policy.ts'

/** A predicate: "must have …". */
export function describeForPrograms(problem: PasswordProblem, { min_length }: PasswordRules): string {
  switch (problem) {
    case 'too_short':
      return `must have at least ${min_length} characters`
    case 'too_long':
      return `must have at most ${maxPasswordLength} characters`
    case 'too_common':
      return 'is too easy to guess'
    case 'too_similar':
      return 'must not be built from the username, the e-mail address or the name of this service'
    case 'unchanged':
      return 'must differ from the current one'
    case 'reused':
      return 'must differ from former ones'
    default:
      return unreachable(problem)
  }
}
