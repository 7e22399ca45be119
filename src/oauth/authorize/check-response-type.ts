import type { Client } from '../../clients/client.ts'
import { err, ok } from '../../kit/result.ts'
import { invalidRequest, refuse } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'
import type { ResponseMode } from './response-modes/define-mode.ts'
import { findMode, responseModes } from './response-modes/index.ts'

export const responseTypes = ['code'] as const

/** OAuth 2.1 has only the code flow; tokens in a URL (implicit) leak through history and referrers. */
export const checkResponseType: Check<object> = (_needs, { parameters, client }) => {
  const type = parameters.get('response_type')
  if (type === undefined) return err(invalidRequest('response_type is missing'))
  if (type !== 'code') return err(refuse('unsupported_response_type', 'response_type must be code'))
  if (!client.response_types.includes(type) || !client.grant_types.includes('authorization_code')) {
    return err(refuse('unauthorized_client', 'this client may not use the authorization code grant'))
  }
  return checkMode(parameters.get('response_mode'), client)
}

/** Attack on clients that wait for signed responses: a plain one, which anybody can make, is asked for instead. */
function checkMode(asked: string | undefined, client: Client): ReturnType<Check<object>> {
  if (asked !== undefined && !findMode(asked)) return err(oneOf(responseModes))
  return client.rules.signed_response_required && !findMode(asked)?.signed
    ? err(oneOf(responseModes.filter(({ signed }) => signed)))
    : ok({})
}

const oneOf = (modes: readonly ResponseMode[]) =>
  invalidRequest(`response_mode must be one of ${modes.map(({ mode }) => mode).join(', ')}`)
