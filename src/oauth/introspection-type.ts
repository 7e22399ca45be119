/** In which form a caller gets an introspection response (RFC 9701). */
import type { Client } from '../clients/client.ts'

/** `typ` of the JWT (§5). */
export const introspectionTyp = 'token-introspection+jwt'
/** Media type of the response. */
export const introspectionJwtType = `application/${introspectionTyp}`

/**
 * §4: the `Accept` header says what the caller wants. Where it does not choose, a caller that has registered how
 * responses are signed or encrypted gets them so.
 */
export function wantsJwt(accept: string | null, caller: Client): boolean {
  const accepted = (accept ?? '').split(',').map((range) => range.split(';', 1)[0]?.trim().toLowerCase())
  if (accepted.includes(introspectionJwtType)) return true
  if (accepted.includes('application/json')) return false
  return (
    caller.introspection_signed_response_alg !== undefined ||
    caller.introspection_encrypted_response_alg !== undefined
  )
}
