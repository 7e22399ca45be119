import { decodeJwt, type JWTPayload } from 'jose'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src/config.ts'
import { createSignJwt } from '../../../src/keys/sign-jwt.ts'
import { sha256 } from '../../../src/kit/hash.ts'
import { createRootSecret } from '../../../src/kit/root-secret.ts'
import { sealCode } from '../../../src/oauth/authorization-code.ts'
import { authorizationCode } from '../../../src/oauth/grants/authorization-code.ts'
import type { GrantNeeds, GrantType, TokenResponse } from '../../../src/oauth/grants/define-grant.ts'
import { refreshToken } from '../../../src/oauth/grants/refresh-token.ts'
import { parseParameters } from '../../../src/oauth/parameters.ts'
import type { Grant } from '../../../src/sessions/user-sessions.ts'
import { aClient } from '../../fakes/client.ts'
import { createFakeSessionsOf } from '../../fakes/fake-user-sessions.ts'
import { createFakeKeyring } from '../../fakes/keyring.ts'
import { grant as aGrant, login, origin, start, userId } from '../../sessions/examples.ts'

const secret = Buffer.alloc(32, 1).toString('base64url')
const config = parseConfig({
  AUTHLY_ISSUER: 'https://auth.example',
  AUTHLY_ROOT_SECRET: secret,
  DATABASE_URL: 'postgres://localhost/x',
})
const root = createRootSecret(secret)
const signJwt = createSignJwt({ keyring: await createFakeKeyring() })
const verifier = 'v'.repeat(43)

/** A person signed in, and an application that redeems a code and refreshes. */
async function setUp(findUser: GrantNeeds['findUser'], more: Partial<Grant> = {}) {
  const { sessionsOf } = createFakeSessionsOf()
  const needs: GrantNeeds = {
    config,
    root,
    now: () => start,
    signJwt,
    sessionsOf,
    findUser,
    recordEvent() {},
  }
  let client = aClient({ client_id: 'web' })
  const ask = async (type: GrantType, fields: Record<string, string>): Promise<TokenResponse> => {
    const form = parseParameters(new URLSearchParams(fields).toString())
    if (!form.ok) throw new Error(form.error)
    const answer = await type.exchange(needs, { client, form: form.value, origin })
    if (!answer.ok) throw new Error(answer.error.description)
    return answer.value
  }
  await sessionsOf(userId).settleLogin(login())
  const redirect_uri = 'https://app.example/callback'
  const code = await sealCode(root, {
    grant: aGrant('g-1', more),
    redirect_uri,
    code_challenge: await sha256(verifier),
    expires_at: start + 60_000,
  })
  return {
    redeem: () => ask(authorizationCode, { code, redirect_uri, code_verifier: verifier }),
    refresh: (refresh_token = '') => ask(refreshToken, { refresh_token }),
    withdraw(scope: string) {
      client = { ...client, scopes: client.scopes.filter((name) => name !== scope) }
    },
  }
}

const idToken = ({ id_token = '' }: TokenResponse): JWTPayload => decodeJwt(id_token)
const nobody = async () => undefined
const outage = Object.assign(new Error('fetch failed'), { name: 'NeonDbError' })

describe('ID tokens of a grant', () => {
  it('carry the nonce of the authorization request; refreshed ones do not (OpenID Connect Core §12.2)', async () => {
    const { redeem, refresh } = await setUp(nobody)
    const first = await redeem()
    expect(idToken(first)['nonce']).toBe('n-1')
    const second = idToken(await refresh(first.refresh_token))
    expect(second).not.toHaveProperty('nonce')
    const { sub, aud, auth_time, azp } = idToken(first)
    expect(second).toMatchObject({ sub, aud, auth_time, azp })
  })

  it('come without requested claims while Postgres is away: no code is spent for an error (§5.5.1)', async () => {
    const { redeem, refresh } = await setUp(() => Promise.reject(outage), {
      claims: { userinfo: [], id_token: ['email'] },
    })
    const first = await redeem()
    expect(idToken(first)).not.toHaveProperty('email')
    expect(idToken(await refresh(first.refresh_token))).not.toHaveProperty('email')
  })

  it('do not hide a bug', async () => {
    const { redeem } = await setUp(() => Promise.reject(new TypeError('bug')), {
      claims: { userinfo: [], id_token: ['email'] },
    })
    await expect(redeem()).rejects.toThrow('bug')
  })
})

describe('a scope that was taken from the client', () => {
  it('is in no token made since, however long the grant lives', async () => {
    const { redeem, refresh, withdraw } = await setUp(nobody)
    const first = await redeem()
    const [kept = '', withdrawn = ''] = (first.scope ?? '').split(' ')
    withdraw(withdrawn)
    const second = await refresh(first.refresh_token)
    expect(first.scope).toContain(withdrawn)
    expect(second.scope).toContain(kept)
    expect(second.scope).not.toContain(withdrawn)
    expect(decodeJwt(second.access_token)['scope']).toBe(second.scope)
  })
})
