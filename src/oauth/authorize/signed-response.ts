/** The authorization response as a JWT (JARM §2.1, §2.2). Loaded only for the response modes that want one. */
import type { PrepareEncryption } from '../../clients/encryption.ts'
import { responseSigningAlg } from '../../clients/response-signing-alg.ts'
import type { SignJwt } from '../../keys/keyring.ts'
import { type Clock, toSeconds } from '../../kit/clock.ts'
import { ok, type Result } from '../../kit/result.ts'
import type { OAuthRefusal } from '../../protocol/refusal.ts'
import type { RedirectTarget } from './redirect-target.ts'

export interface SignedResponseNeeds {
  readonly now: Clock
  readonly signJwt: SignJwt
  readonly prepareEncryption: PrepareEncryption
}

/** §2.1 recommends ten minutes at most. Longer than a code lives, for clients whose clock is behind. */
const lifetimeSeconds = 300

/**
 * `iss` and `aud` are in it, against mix-up and against a response that was meant for another client (§4.3, §4.4).
 * @param parameters with `iss`
 */
export async function signedResponse(
  needs: SignedResponseNeeds,
  { client }: RedirectTarget,
  parameters: Readonly<Record<string, string>>,
): Promise<Result<string, OAuthRefusal>> {
  const encrypt = await needs.prepareEncryption(client, 'authorization')
  if (!encrypt.ok) return encrypt
  const iat = toSeconds(needs.now())
  const jwt = await needs.signJwt(
    responseSigningAlg(client, client.authorization_signed_response_alg),
    'JWT',
    { ...parameters, aud: client.client_id, iat, exp: iat + lifetimeSeconds },
  )
  return ok(encrypt.value ? await encrypt.value(jwt, 'JWT') : jwt)
}
