import { err, ok } from '../../kit/result.ts'
import { refuse } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

/**
 * OpenID Connect Core §3.1.2.6: request objects are not supported. An error is better than ignoring them, because
 * their parameters would be missing unnoticed.
 */
export const checkRequestObject: Check<object> = (_needs, { parameters }) => {
  if (parameters.get('request')) return err(refuse('request_not_supported', 'request is not supported'))
  if (parameters.get('request_uri')) {
    return err(refuse('request_uri_not_supported', 'request_uri is not supported'))
  }
  if (parameters.get('registration')) {
    return err(refuse('registration_not_supported', 'registration is not supported'))
  }
  return ok({})
}
