/** The members of a request object as parameters of an authorization request (RFC 9101 §4, OpenID Connect Core §6.1). */
import { err, ok, type Result } from '../../../kit/result.ts'
import type { ObjectClaims } from './verify-request-object.ts'

/** RFC 7519 §4.1: they are about the object. */
const aboutTheObject: ReadonlySet<string> = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'])

/** Their values are JSON in a query, and JSON here. */
const jsonParameters: ReadonlySet<string> = new Set(['claims', 'registration', 'authorization_details'])

/** Those whose value would be missing unnoticed if one of another type were ignored, as unknown members are. */
const textParameters: ReadonlySet<string> = new Set([
  ...['response_type', 'redirect_uri', 'scope', 'state', 'response_mode', 'nonce', 'resource', 'dpop_jkt'],
  ...['code_challenge', 'code_challenge_method', 'prompt', 'display', 'max_age', 'acr_values'],
  ...['ui_locales', 'login_hint', 'id_token_hint'],
])

/** Beyond what any request needs. */
const maxMembers = 64

/** @returns `application/x-www-form-urlencoded`, or what is wrong */
export function objectParameters(claims: ObjectClaims, clientId: string): Result<string, string> {
  // RFC 9101 §4: no reference in what was referred to, which would have no end.
  if ('request' in claims || 'request_uri' in claims) return err('it refers to another request')
  const named = claims['client_id']
  if (named !== undefined && named !== clientId) return err('client_id differs from the one beside it')
  const members = Object.entries({ ...claims, client_id: clientId })
  if (members.length > maxMembers) return err('it has too many members')
  const parameters = new URLSearchParams()
  for (const [name, value] of members) {
    if (aboutTheObject.has(name)) continue
    const texts = textsOf(name, value)
    if (texts === undefined) return err('a parameter in it has the wrong type')
    for (const text of texts) parameters.append(name, text)
  }
  return ok(parameters.toString())
}

/** RFC 8707 §2: only `resource` may have several values. */
function textsOf(name: string, value: unknown): readonly string[] | undefined {
  if (jsonParameters.has(name)) return [typeof value === 'string' ? value : JSON.stringify(value)]
  if (name === 'resource' && Array.isArray(value)) {
    return value.every((each) => typeof each === 'string') ? value : undefined
  }
  if (typeof value === 'string') return [value]
  // `max_age` is a number in JSON.
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  return textParameters.has(name) ? undefined : []
}
