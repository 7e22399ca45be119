import { err, ok } from '../../kit/result.ts'
import { invalidRequest, refuse } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'
import { responseModes } from './redirect-target.ts'

export const responseTypes = ['code'] as const

/** OAuth 2.1 has only the code flow; tokens in a URL (implicit) leak through history and referrers. */
export const checkResponseType: Check<object> = (_needs, { parameters, client }) => {
  const type = parameters.get('response_type')
  if (type === undefined) return err(invalidRequest('response_type is missing'))
  if (type !== 'code') return err(refuse('unsupported_response_type', 'response_type must be code'))
  if (!client.response_types.includes(type) || !client.grant_types.includes('authorization_code')) {
    return err(refuse('unauthorized_client', 'this client may not use the authorization code grant'))
  }
  const mode = parameters.get('response_mode')
  return mode === undefined || responseModes.some((known) => known === mode)
    ? ok({})
    : err(invalidRequest('response_mode must be query or form_post'))
}
