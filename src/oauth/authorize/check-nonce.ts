import { err, ok } from '../../kit/result.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

/** The code contains the nonce; a longer one would not fit a URL. */
const maxNonceLength = 512

export const checkNonce: Check<{ readonly nonce: string | undefined }> = (_needs, { parameters }) => {
  const nonce = parameters.get('nonce')
  return nonce !== undefined && nonce.length > maxNonceLength
    ? err(invalidRequest('nonce is too long'))
    : ok({ nonce })
}
