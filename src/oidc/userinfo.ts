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
import { type CheckedSender, checkSender } from '../oauth/sender-constraints/check-sender.ts'
import type { PresentedToken } from '../oauth/sender-constraints/presented-token.ts'
import { inspectFor, proofUsedAtResource } from '../oauth/sender-constraints/spend-proof.ts'
import { refuseToken } from '../oauth/sender-constraints/token-challenge.ts'
import type { OAuthRefusal } from '../protocol/refusal.ts'
import { confirmationOf, type TokenType } from '../protocol/token-confirmation.ts'
import type { SessionsOf } from '../sessions/rules.ts'
import { accessTokenType } from '../tokens/access-token.ts'
import { selectClaims } from '../tokens/select-claims.ts'
import { locateToken } from '../tokens/token-id.ts'
import type { FindUser } from '../users/user.ts'

export interface UserInfoNeeds {
  readonly config: Pick<Config, 'issuer' | 'dpopNonce'>
  readonly root: RootSecret
  readonly now: Clock
  readonly verifyJwt: VerifyJwt
  readonly signJwt: SignJwt
  readonly prepareEncryption: PrepareEncryption
  readonly findClient: FindClient
  readonly findUser: FindUser
  readonly sessionsOf: SessionsOf
}

export interface UserInfoRequest {
  readonly request: Request
  readonly presented: PresentedToken
}

/** What is returned, and headers for the response. */
export type UserInfo = Pick<CheckedSender, 'headers'> & Formatted

type Formatted =
  | { readonly format: 'json'; readonly claims: Record<string, unknown> }
  /** For clients registered with `userinfo_signed_response_alg` or `userinfo_encrypted_response_alg`. */
  | { readonly format: 'jwt'; readonly jwt: string }

/** Returns the claims for the user of the token presented. */
export async function userInfo(
  needs: UserInfoNeeds,
  { request, presented }: UserInfoRequest,
): Promise<Result<UserInfo, OAuthRefusal>> {
  const { scheme } = presented
  const token = await needs.verifyJwt(presented.token, { typ: accessTokenType })
  const isForUs = token !== undefined && [token.aud ?? []].flat().includes(needs.config.issuer)
  if (!isForUs) return err(invalidToken(scheme, 'expired, not of this server, or for another API'))
  const findClient = () => needs.findClient(String(token['client_id']))
  const checking = checkSender(needs, {
    ...{ request, presented, findClient },
    cnf: confirmationOf(token),
  })
  const sender = checking instanceof Promise ? await checking : checking
  if (!sender.ok) return sender
  const { headers, proof } = sender.value
  const refused = (refusal: OAuthRefusal) => err({ ...refusal, headers })
  const scopes = typeof token['scope'] === 'string' ? token['scope'].split(' ') : []
  if (!scopes.includes('openid')) return refused(insufficientScope(scheme))
  const address = await locateToken(needs.root, token)
  if (address?.grantId === undefined) return refused(invalidToken(scheme, 'of no person'))

  const [inspected, user, client] = await Promise.all([
    inspectFor(needs.sessionsOf(address.subject), proof, {
      now: needs.now(),
      kind: 'access',
      with_grant: true,
      grant_id: address.grantId,
      jti_hash: address.jtiHash,
    }),
    needs.findUser(address.subject),
    findClient(),
  ])
  if (inspected.status === 'proof_used') return refused(proofUsedAtResource)
  if (inspected.status !== 'live' || !inspected.grant || user?.status !== 'active' || !client) {
    const detail = `the grant is ${inspected.status}, the account ${user?.status ?? 'gone'}, the client ${client ? 'there' : 'gone'}`
    return refused(invalidToken(scheme, detail))
  }
  const claims = { ...selectClaims(user, scopes, inspected.grant.claims.userinfo), sub: inspected.grant.sub }
  const formatted = await format(needs, client, claims)
  return formatted.ok ? ok({ ...formatted.value, headers }) : refused(formatted.error)
}

/** §5.3.2: signed, encrypted or both, the response is a JWT that carries `iss` and `aud`. */
async function format(
  needs: UserInfoNeeds,
  client: Client,
  claims: Record<string, unknown>,
): Promise<Result<Formatted, OAuthRefusal>> {
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

const invalidToken = (scheme: TokenType, detail: string): OAuthRefusal =>
  refuseToken(scheme, 'invalid_token', 'the access token is not valid here', { detail })
const insufficientScope = (scheme: TokenType): OAuthRefusal =>
  refuseToken(scheme, 'insufficient_scope', 'the openid scope is required', { scope: 'openid' })
