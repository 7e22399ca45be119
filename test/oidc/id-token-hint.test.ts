import { describe, expect, it } from 'vitest'
import { createSignJwt } from '../../src/keys/sign-jwt.ts'
import { createVerifyJwt } from '../../src/keys/verify-jwt.ts'
import { ok } from '../../src/kit/result.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { checkSubjectHint } from '../../src/oauth/authorize/check-subject-hint.ts'
import { checkLogout } from '../../src/oidc/rp-logout.ts'
import { userInfo } from '../../src/oidc/userinfo.ts'
import { parseParameters } from '../../src/protocol/parameters.ts'
import { plain } from '../../src/protocol/request-provenance.ts'
import { issueAccessToken } from '../../src/tokens/access-token.ts'
import { issueIdToken } from '../../src/tokens/id-token.ts'
import { userTokenId } from '../../src/tokens/token-id.ts'
import { aClient } from '../fakes/client.ts'
import { createFakeSessionsOf } from '../fakes/fake-user-sessions.ts'
import { createFakeKeyring } from '../fakes/keyring.ts'
import { grant, login, redemption, start, userId } from '../sessions/examples.ts'

const issuer = 'https://auth.example'
const root = createRootSecret(Buffer.alloc(32, 1).toString('base64url'))
const keyring = await createFakeKeyring()
const signJwt = createSignJwt({ keyring })
const verifyJwt = createVerifyJwt({ keyring, issuer, now: () => start })
const client = aClient({ client_id: 'web', userinfo_signed_response_alg: 'RS256' })
const config = {
  ...{ issuer, idTokenTtlSeconds: 600, accessTokenTtlSeconds: 600 },
  dpopNonce: 'public_clients' as const,
}
const findClient = async () => client
const user = {
  ...{
    id: userId,
    username: 'ada',
    email: 'ada@example.test',
    email_verified: true,
    phone_number: undefined,
  },
  ...{ phone_number_verified: false, profile: { exp: 9_999_999_999, sid: 'x' }, status: 'active' as const },
  updated_at: start,
}
const findUser = (async () => user) as never

const { sessionsOf } = createFakeSessionsOf()
await sessionsOf(userId).recordLogin(login())
await sessionsOf(userId).redeemCode(redemption())
const iat = start / 1000
const accessToken = await issueAccessToken(
  { config, signJwt },
  {
    ...{ client, sub: userId, jti: await userTokenId(root, userId, 'grant-1') },
    ...{ scopes: ['openid', 'profile', 'email'], resources: [], iat },
  },
)
const idToken = await issueIdToken(
  { config, root, signJwt, findUser },
  { client, grant: grant(), scopes: ['openid'], accessToken, iat },
)
const prepareEncryption = async () => ok(undefined)
const needs = {
  ...{ config, root, now: () => start, verifyJwt, signJwt, prepareEncryption },
  ...{ findClient, findUser, sessionsOf },
}
const ask = (token: string) =>
  userInfo(needs, {
    request: new Request(`${issuer}/oidc/userinfo`),
    presented: { scheme: 'Bearer', token },
  })
const signedUserInfo = async () => {
  const answer = await ask(accessToken)
  if (!answer.ok || answer.value.format !== 'jwt') throw new Error('userinfo must be signed')
  return answer.value.jwt
}

const parametersOf = (hint: string) => {
  const parsed = parseParameters(new URLSearchParams({ id_token_hint: hint }).toString())
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}
/** What both endpoints that take a hint make of it. */
async function accepts(hint: string): Promise<readonly boolean[]> {
  const parameters = parametersOf(hint)
  const authorize = await checkSubjectHint({ verifyJwt } as never, { parameters, client, provenance: plain })
  const logout = await checkLogout({ verifyJwt, findClient }, parameters)
  return [authorize.ok, logout.ok]
}

describe('id_token_hint (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2)', () => {
  it('is an ID token of ours, expired or not', async () => {
    expect(await accepts(idToken)).toEqual([true, true])
    const late = createVerifyJwt({ keyring, issuer, now: () => start + 86_400_000 })
    expect((await checkLogout({ verifyJwt: late, findClient }, parametersOf(idToken))).ok).toBe(true)
  })

  it('is no other token of ours: a signed userinfo response, an access token (RFC 8725 §3.11, §3.12)', async () => {
    expect(await accepts(await signedUserInfo())).toEqual([false, false])
    expect(await accepts(accessToken)).toEqual([false, false])
    const payload = { iss: issuer, sub: userId, aud: 'web', exp: iat + 600, sid: 's', auth_time: iat }
    for (const typ of ['logout+jwt', 'at+jwt', 'authly-audit-checkpoint+jwt', 'oauth-authz-req+jwt']) {
      expect(await accepts(await signJwt('RS256', typ, payload))).toEqual([false, false])
    }
  })

  it('is no access token, and neither is a signed userinfo response', async () => {
    for (const token of [idToken, await signedUserInfo()]) {
      expect((await ask(token)).ok).toBe(false)
    }
  })
})
