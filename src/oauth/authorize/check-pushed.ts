import { err, ok } from '../../kit/result.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

/** RFC 9126 §5, §6: where requests must be pushed, nobody who stands between may write one into a link. */
export const checkPushed: Check<object> = ({ config }, { client, provenance }) => {
  const isRequired = config.requirePushedAuthorizationRequests || client.require_pushed_authorization_requests
  return isRequired && !provenance.pushed ? err(invalidRequest('the request must be pushed first')) : ok({})
}
