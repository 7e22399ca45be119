import { type Client, isConfidential } from '../../clients/client.ts'
import { err, ok } from '../../kit/result.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import { isCodeChallenge } from '../../protocol/pkce.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

/**
 * PKCE (RFC 7636) against stolen and injected codes. Required, unless the client is confidential, exempt, and
 * sends a nonce, which then detects injection instead (RFC 9700 §2.1.1). The nonce is part of the ID token, so
 * this works only with `openid`. Whether a client may omit the nonce too (OpenID Connect Core §3.1.2.1) is
 * configured per client.
 */
export const checkPkce: Check<{ readonly code_challenge: string | undefined }> = (
  _needs,
  { parameters, client },
) => {
  const challenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (challenge === undefined) {
    if (method !== undefined) return err(invalidRequest('code_challenge is missing'))
    const exempt = !client.require_pkce && isConfidential(client)
    if (!exempt) return err(invalidRequest('code_challenge is missing: PKCE is required'))
    const hasNonce = parameters.get('nonce') !== undefined || client.nonce_optional
    return hasNonce && getsIdToken(parameters, client)
      ? ok({ code_challenge: undefined })
      : err(invalidRequest('without PKCE the openid scope and a nonce are required'))
  }
  if (method !== 'S256') return err(invalidRequest('code_challenge_method must be S256'))
  return isCodeChallenge(challenge)
    ? ok({ code_challenge: challenge })
    : err(invalidRequest('code_challenge is not base64url of a SHA-256'))
}

const getsIdToken = (parameters: Parameters, client: Client): boolean =>
  client.scopes.includes('openid') && (parameters.get('scope') ?? '').split(' ').includes('openid')
