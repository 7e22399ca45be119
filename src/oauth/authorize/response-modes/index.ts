/** The response modes; a new one is a file and a line here. No fragment: only tokens ever needed one. */
import type { Client } from '../../../clients/client.ts'
import type { ResponseMode } from './define-mode.ts'
import { formPost } from './form-post.ts'
import { formPostJwt } from './form-post-jwt.ts'
import { jwt } from './jwt.ts'
import { query } from './query.ts'
import { queryJwt } from './query-jwt.ts'

export const responseModes: readonly ResponseMode[] = [query, formPost, jwt, queryJwt, formPostJwt]

export const findMode = (name: string | undefined): ResponseMode | undefined =>
  responseModes.find(({ mode }) => mode === name)

/**
 * How a request is answered, even one that asks for something else than it may have: what it asks for if possible,
 * and signed where the client's profile wants no other responses.
 */
export function answerMode(asked: string | undefined, client: Client): ResponseMode {
  const mode = findMode(asked) ?? query
  if (mode.signed || !client.rules.signed_response_required) return mode
  return mode === formPost ? formPostJwt : jwt
}
