/** Logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.4). */
import type { Client } from '../clients/client.ts'
import { responseSigningAlg } from '../clients/response-signing-alg.ts'
import type { SignJwt } from '../keys/keyring.ts'
import { toSeconds } from '../kit/clock.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { DueLogout } from '../sessions/participant-types.ts'
import { sessionIdFor } from '../tokens/subject.ts'

/** Media type in the `typ` header: no other token is taken for one, nor one for another (§2.4, RFC 8725 §3.11). */
export const logoutTokenType = 'logout+jwt'
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
/** §4: short, because whoever gets hold of one can sign a person out. Each attempt signs a new one. */
const lifetimeSeconds = 120

export interface LogoutTokenNeeds {
  readonly issuer: string
  readonly root: RootSecret
  readonly signJwt: SignJwt
}

/** Signed like the ID tokens of the client (§2.4). No `nonce`: with one it could be taken for an ID token. */
export async function issueLogoutToken(
  { issuer, root, signJwt }: LogoutTokenNeeds,
  client: Client,
  { logout_id, sub, session_id }: Pick<DueLogout, 'logout_id' | 'sub' | 'session_id'>,
  now: number,
): Promise<string> {
  const iat = toSeconds(now)
  return signJwt(responseSigningAlg(client, client.id_token_signed_response_alg), logoutTokenType, {
    iss: issuer,
    aud: client.client_id,
    iat,
    exp: iat + lifetimeSeconds,
    jti: logout_id,
    sub,
    sid: await sessionIdFor(root, client.client_id, session_id),
    events: { [logoutEvent]: {} },
  })
}
