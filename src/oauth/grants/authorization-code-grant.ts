/**
 * `authorization_code` (RFC 6749 §4.1.3, OAuth 2.1 §4.1.3). Everything in the code is checked before its use is
 * recorded. Recording resolves races: a second use revokes what the first one issued.
 */
import { type Client, isConfidential } from '../../clients/client.ts'
import { toSeconds } from '../../kit/clock.ts'
import { sha256 } from '../../kit/hash.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import { verifierMatches } from '../../protocol/pkce.ts'
import { invalidGrant, invalidRequest, type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import { isWithin } from '../../protocol/scope-parameter.ts'
import { reachableResources } from '../../sessions/grant.ts'
import { accessTokenTtlSeconds } from '../../tokens/access-token.ts'
import { type AuthorizationCode, openCode } from '../../tokens/authorization-code.ts'
import { issueRefreshToken } from '../../tokens/refresh-token.ts'
import { userTokenId } from '../../tokens/token-id.ts'
import { checkNarrowedDetails } from '../asked-details.ts'
import { isResourceMissing, resourceMissing, stillRegistered } from '../resource.ts'
import { proofUsed } from '../sender-constraints/spend-proof.ts'
import type { GrantNeeds, GrantRequest, GrantType, TokenResponse } from './define-grant.ts'
import { catalogFor, issueUserTokens, refreshPolicyOf } from './user-tokens.ts'

export const authorizationCode: GrantType = {
  type: 'authorization_code',
  clients: 'any',
  async exchange(needs, request) {
    const presented = request.form.get('code')
    if (presented === undefined) return err(invalidRequest('code is missing'))
    const code = await openCode(needs.root, presented)
    const refusal = code ? await checkCode(code, request, needs.now()) : invalidGrant('code is not valid')
    if (refusal) return err(refusal)
    return redeem(needs, request, code as AuthorizationCode)
  },
}

async function checkCode(
  code: AuthorizationCode,
  { client, form, sender }: GrantRequest,
  now: number,
): Promise<OAuthRefusal | undefined> {
  if (code.grant.client_id !== client.client_id) return invalidGrant('code is not valid', 'of another client')
  if (code.expires_at <= now) return invalidGrant('code is not valid', 'expired')
  const redirectUri = form.get('redirect_uri')
  // OAuth 2.1 lets a client omit redirect_uri, because PKCE binds the code to it; OIDC clients send it.
  if (redirectUri === undefined ? code.code_challenge === undefined : redirectUri !== code.redirect_uri) {
    return invalidGrant('code is not valid', 'redirect_uri differs')
  }
  // Attack: the code was stolen, verifier and all, and is redeemed with another key (RFC 9449 §10).
  if (code.dpop_jkt !== undefined && code.dpop_jkt !== sender.cnf?.jkt) {
    return invalidGrant('the code is bound to another key', 'dpop_jkt')
  }
  return checkVerifier(code, form)
}

async function checkVerifier(code: AuthorizationCode, form: Parameters): Promise<OAuthRefusal | undefined> {
  const verifier = form.get('code_verifier')
  if (code.code_challenge === undefined) {
    // PKCE downgrade: an attacker removed the challenge from the authorization request (RFC 9700 §4.8.2).
    return verifier === undefined ? undefined : invalidGrant('code_verifier was not expected')
  }
  if (verifier === undefined) return invalidGrant('code_verifier is missing')
  return (await verifierMatches(verifier, code.code_challenge))
    ? undefined
    : invalidGrant('code_verifier does not match')
}

/** Only of its own sign-ins: without `openid` it has learnt of no session. */
const wantsLogouts = (client: Client): boolean =>
  client.backchannel_logout_uri !== undefined || client.frontchannel_logout_uri !== undefined

async function redeem(
  needs: GrantNeeds,
  request: GrantRequest,
  code: AuthorizationCode,
): Promise<Result<TokenResponse, OAuthRefusal>> {
  const { client, form, origin, sender } = request
  // A client that authenticates proves so whose its refresh tokens are, and may change its key (RFC 9449 §5).
  const grant = isConfidential(client) || !sender.cnf ? code.grant : { ...code.grant, cnf: sender.cnf }
  const { issuer } = needs.config
  const wanted = form.all('resource')
  if (!isWithin(wanted, reachableResources(grant, issuer)))
    return err(refuse('invalid_target', 'resource was not granted'))
  if (isResourceMissing(client, wanted, grant.scopes)) return err(resourceMissing)
  const details = checkNarrowedDetails(form, grant.authorization_details ?? [])
  if (!details.ok) return details
  // Attack: an application that has lost access to an API uses an earlier code to keep it.
  const isLeft = stillRegistered(client, issuer, wanted.length > 0 ? wanted : grant.resources).length > 0
  if (!isLeft && grant.resources.length > 0) {
    return err(refuse('invalid_target', 'resource is not one this client may ask for'))
  }
  const encrypt = await needs.prepareEncryption(client, 'id_token')
  // Before the code is spent: the client can come again.
  if (!encrypt.ok) return encrypt
  const now = needs.now()
  const iat = toSeconds(now)
  const mayRefresh = client.grant_types.includes('refresh_token')
  const [jti, refresh, catalog] = await Promise.all([
    userTokenId(needs.root, grant.user_id, grant.grant_id),
    mayRefresh ? issueRefreshToken(needs.root, grant.user_id, grant.grant_id) : undefined,
    catalogFor(needs.loadScopeCatalog, request),
  ])
  const redeemed = await needs.sessionsOf(grant.user_id).redeemCode({
    now,
    grant,
    code_expires_at: code.expires_at,
    refresh: refresh && { token_hash: refresh.secretHash, policy: refreshPolicyOf(needs.config, client) },
    access_token_expires_at: (iat + accessTokenTtlSeconds(needs.config, client)) * 1000,
    jti_hash: await sha256(jti),
    client_limit: code.client_limit,
    proof: sender.proof,
    ...(grant.scopes.includes('openid') && wantsLogouts(client) && { takes_part: true }),
    origin,
  })
  if (redeemed.status === 'proof_used') return err(proofUsed)
  if (redeemed.status !== 'redeemed') return err(invalidGrant('code is not valid', redeemed.status))
  return ok(
    await issueUserTokens(needs, {
      client,
      grant,
      scopes: grant.scopes,
      named: stillRegistered(client, issuer, wanted),
      named_details: details.value,
      catalog,
      jti,
      iat,
      refresh_token: refresh?.handle,
      encrypt: encrypt.value,
      sender,
    }),
  )
}
