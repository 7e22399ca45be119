import { err, ok } from '../../kit/result.ts'
import { isThumbprint } from '../../protocol/dpop-words.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

/** RFC 9449 §10: the code is bound to this key from the beginning, so that nobody redeems it with another one. */
export const checkDpopJkt: Check<{ readonly dpop_jkt: string | undefined }> = (_needs, { parameters }) => {
  const dpop_jkt = parameters.get('dpop_jkt')
  return dpop_jkt === undefined || isThumbprint(dpop_jkt)
    ? ok({ dpop_jkt })
    : err(invalidRequest('dpop_jkt is not the thumbprint of a key'))
}
