import { err, ok } from '../../kit/result.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

/** OpenID Connect Core §3.1.2.1: the maximum age of the sign-in in seconds. */
export const checkMaxAge: Check<{ readonly max_age_seconds: number | undefined }> = (
  _needs,
  { parameters, client },
) => {
  const text = parameters.get('max_age')
  if (text === undefined) return ok({ max_age_seconds: client.default_max_age_seconds })
  return /^\d{1,9}$/.test(text)
    ? ok({ max_age_seconds: Number(text) })
    : err(invalidRequest('max_age must be a number of seconds'))
}
