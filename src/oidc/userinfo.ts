/**
 * UserInfo (OpenID Connect Core §5.3): current claims about the user. One call to the user's object (is the token
 * still active?) and one query.
 */
import type { Client, FindClient } from '../clients/client.ts'
import type { PrepareEncryption } from '../clients/encryption.ts'
import { responseSigningAlg } from '../clients/response-signing-alg.ts'
import type { Config } from '../config.ts'
import type { SignJwt } from '../keys/keyring.ts'
import type { VerifyJwt } from '../keys/verify-jwt.ts'
import { type Clock, toSeconds } from '../kit/clock.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { type OAuthRefusal, refuse } from '../protocol/refusal.ts'
import type { SessionsOf } from '../sessions/rules.ts'
import { accessTokenType } from '../tokens/access-token.ts'
import { selectClaims } from '../tokens/select-claims.ts'
import { locateToken } from '../tokens/token-id.ts'
import type { FindUser } from '../users/user.ts'

export interface UserInfoNeeds {
  readonly config: Pick<Config, 'issuer'>
  readonly root: RootSecret
  readonly now: Clock
  readonly verifyJwt: VerifyJwt
  readonly signJwt: SignJwt
  readonly prepareEncryption: PrepareEncryption
  readonly findClient: FindClient
  readonly findUser: FindUser
  readonly sessionsOf: SessionsOf
}

export type UserInfo =
  | { readonly format: 'json'; readonly claims: Record<string, unknown> }
  /** For clients registered with `userinfo_signed_response_alg` or `userinfo_encrypted_response_alg`. */
  | { readonly format: 'jwt'; readonly jwt: string }

/** Returns the claims for the user of `accessToken`. */
export async function userInfo(
  needs: UserInfoNeeds,
  accessToken: string,
): Promise<Result<UserInfo, OAuthRefusal>> {
  const token = await needs.verifyJwt(accessToken, { typ: accessTokenType })
  const isForUs = token !== undefined && [token.aud ?? []].flat().includes(needs.config.issuer)
  if (!isForUs) return err({ ...invalidToken, detail: 'expired, not of this server, or for another API' })
  const scopes = typeof token['scope'] === 'string' ? token['scope'].split(' ') : []
  if (!scopes.includes('openid')) return err(insufficientScope)
  const address = await locateToken(needs.root, token)
  if (address?.grantId === undefined) return err({ ...invalidToken, detail: 'of no person' })

  const [inspected, user, client] = await Promise.all([
    needs.sessionsOf(address.subject).inspectToken({
      now: needs.now(),
      kind: 'access',
      with_grant: true,
      grant_id: address.grantId,
      jti_hash: address.jtiHash,
    }),
    needs.findUser(address.subject),
    needs.findClient(String(token['client_id'])),
  ])
  if (inspected.status !== 'live' || !inspected.grant || user?.status !== 'active' || !client) {
    const detail = `the grant is ${inspected.status}, the account ${user?.status ?? 'gone'}, the client ${client ? 'there' : 'gone'}`
    return err({ ...invalidToken, detail })
  }
  const claims = { ...selectClaims(user, scopes, inspected.grant.claims.userinfo), sub: inspected.grant.sub }
  return format(needs, client, claims)
}

/** §5.3.2: signed, encrypted or both, the response is a JWT that carries `iss` and `aud`. */
async function format(
  needs: UserInfoNeeds,
  client: Client,
  claims: Record<string, unknown>,
): Promise<Result<UserInfo, OAuthRefusal>> {
  const alg = client.userinfo_signed_response_alg
  const encrypt = await needs.prepareEncryption(client, 'userinfo')
  if (!encrypt.ok) return encrypt
  if (!alg && !encrypt.value) return ok({ format: 'json', claims })
  const payload = { ...claims, iss: needs.config.issuer, aud: client.client_id, iat: toSeconds(needs.now()) }
  const signed = alg && (await needs.signJwt(responseSigningAlg(client, alg), 'JWT', payload))
  if (!encrypt.value) return ok({ format: 'jwt', jwt: signed as string })
  const jwt = signed ? encrypt.value(signed, 'JWT') : encrypt.value(JSON.stringify(payload))
  return ok({ format: 'jwt', jwt: await jwt })
}

/** RFC 6750 §3.1. */
const bearerRefusal = (
  error: 'invalid_token' | 'insufficient_scope',
  description: string,
  status: 401 | 403,
) =>
  refuse(error, description, {
    status,
    challenge: `Bearer realm="authly", error="${error}", error_description="${description}"${error === 'insufficient_scope' ? ', scope="openid"' : ''}`,
  })

const invalidToken = bearerRefusal('invalid_token', 'the access token is not valid here', 401)
const insufficientScope = bearerRefusal('insufficient_scope', 'the openid scope is required', 403)
