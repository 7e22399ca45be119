/** The authorization response as a JWT (JARM §2.1, §2.2). Loaded only for the response modes that want one. */
import type { Encrypt } from '../../clients/encryption.ts'
import { type SignedForClientNeeds, signedForClient } from '../../clients/signed-for-client.ts'
import { type Clock, toSeconds } from '../../kit/clock.ts'
import type { RedirectTarget } from './redirect-target.ts'

export interface SignedResponseNeeds extends SignedForClientNeeds {
  readonly now: Clock
}

/** §2.1 recommends ten minutes at most. Longer than a code lives, for clients whose clock is behind. */
const lifetimeSeconds = 300

/**
 * `iss` and `aud` are in it, against mix-up and against a response that was meant for another client (§4.3, §4.4).
 * @param parameters with `iss`
 */
export function signedResponse(
  needs: SignedResponseNeeds,
  { client }: RedirectTarget,
  parameters: Readonly<Record<string, string>>,
  encrypt: Encrypt | undefined,
): Promise<string> {
  const iat = toSeconds(needs.now())
  const claims = { ...parameters, aud: client.client_id, iat, exp: iat + lifetimeSeconds }
  return signedForClient(needs, client, { response: 'authorization', typ: 'JWT', claims }, encrypt)
}
