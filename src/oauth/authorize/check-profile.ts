import { err, ok } from '../../kit/result.ts'
import { refuse } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

/**
 * A client that was registered before its profile demanded better authentication gets no code (RFC 6749 §4.1.2.1):
 * it could not exchange it, and nobody is asked to sign in for that.
 */
export const checkProfile: Check<object> = (_needs, { client }) => {
  const { auth_methods, profile } = client.rules
  return auth_methods === undefined || auth_methods.includes(client.token_endpoint_auth_method)
    ? ok({})
    : err(
        refuse('unauthorized_client', `the profile ${profile} does not allow how this client authenticates`),
      )
}
