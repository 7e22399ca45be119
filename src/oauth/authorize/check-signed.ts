import { err, ok } from '../../kit/result.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

/** RFC 9101 §10.5: the signature must not be avoided by leaving it out. */
export const checkSigned: Check<object> = (_needs, { client, provenance }) =>
  client.require_signed_request_object && !provenance.signed
    ? err(invalidRequest('the request must be a signed request object'))
    : ok({})
