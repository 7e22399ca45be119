/** Refuses a password of a new account. */
import type { Problem } from '../../kit/problem.ts'
import { describeForPrograms } from '../../passwords/describe-for-programs.ts'
import { checkNewPassword, type PasswordRules } from '../../passwords/password-policy.ts'
import { invalidRequest } from '../problems.ts'

/**
 * Why a new account cannot have this password.
 * @param pointer JSON pointer of the password in the body
 */
export function passwordProblem(
  password: string,
  { rules, identifiers }: { rules: PasswordRules; identifiers: readonly (string | undefined)[] },
  pointer: string,
): Problem | undefined {
  const known = identifiers.filter((identifier) => identifier !== undefined)
  const problem = checkNewPassword(password, { rules, identifiers: known })
  return problem && invalidRequest([{ pointer, detail: describeForPrograms(problem, rules) }])
}
