import { err, ok } from '../../kit/result.ts'
import { printable } from '../../protocol/form.ts'
import { repeatedParameter } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

/** RFC 6749 §3.1: no repeated parameters (parameter pollution). */
export const checkDuplicates: Check<object> = (_needs, { parameters }) => {
  const [duplicate] = parameters.duplicates
  return duplicate === undefined ? ok({}) : err(repeatedParameter(printable(duplicate)))
}
