import { err, ok } from '../../kit/result.ts'
import { parseClaimsParameter } from '../../oidc/claims-parameter.ts'
import { idTokenType } from '../../oidc/id-token.ts'
import { invalidRequest } from '../refusal.ts'
import type { Check } from './check.ts'

/**
 * Whom the client expects: `id_token_hint` (an ID token we issued to it, expired or not) or a `sub` in the
 * `claims` parameter (OpenID Connect Core §3.1.2.1, §5.5.1).
 */
export const checkSubjectHint: Check<{ readonly wantedSub: string | undefined }> = async (
  needs,
  { parameters, client },
) => {
  const claims = parseClaimsParameter(parameters.get('claims'))
  const claimedSub = claims.ok ? claims.value.sub : undefined
  const hint = parameters.get('id_token_hint')
  if (hint === undefined) return ok({ wantedSub: claimedSub })
  const payload = await needs.verifyJwt(hint, { typ: idTokenType, acceptExpired: true })
  if (!payload || payload.aud !== client.client_id) return err(invalidRequest('id_token_hint is not valid'))
  return ok({ wantedSub: payload.sub })
}
