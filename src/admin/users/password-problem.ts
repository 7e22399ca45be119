/** Explains why a password is not acceptable, for programs and for people. */

import type { Problem } from '../../kit/problem.ts'
import {
  checkNewPassword,
  maxPasswordLength,
  minPasswordLength,
  type PasswordProblem,
} from '../../passwords/password-policy.ts'
import { invalidRequest } from '../problems.ts'

const details: Readonly<Record<PasswordProblem, string>> = {
  too_short: `must have at least ${minPasswordLength} characters`,
  too_long: `must have at most ${maxPasswordLength} characters`,
  too_common: 'is too easy to guess',
  too_similar: 'must not be built from the username or e-mail address',
  unchanged: 'must differ from the current one',
}

/** @param pointer JSON pointer of the password in the body */
export function passwordProblem(
  password: string,
  identifiers: readonly (string | undefined)[],
  pointer: string,
): Problem | undefined {
  const known = identifiers.filter((identifier) => identifier !== undefined)
  const problem = checkNewPassword(password, { identifiers: known })
  return problem && invalidRequest([{ pointer, detail: details[problem] }])
}
