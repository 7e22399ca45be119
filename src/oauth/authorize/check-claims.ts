import { err, ok } from '../../kit/result.ts'
import { type ParsedClaims, parseClaimsParameter } from '../../protocol/claims-parameter.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

/** OpenID Connect Core §5.5. */
export const checkClaims: Check<{ readonly claims: ParsedClaims }> = (_needs, { parameters }) => {
  const claims = parseClaimsParameter(parameters.get('claims'))
  return claims.ok ? ok({ claims: claims.value }) : err(invalidRequest(claims.error))
}
