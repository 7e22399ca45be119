/** What logout tokens are signed with (OpenID Connect Back-Channel Logout 1.0 §2.4). */
import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect, it } from 'vitest'
import { baseRules } from '../../src/clients/profile.ts'
import type { SigningAlg } from '../../src/keys/algorithms.ts'
import { createSignJwt } from '../../src/keys/sign-jwt.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { issueLogoutToken } from '../../src/logout/logout-token.ts'
import { issueIdToken } from '../../src/tokens/id-token.ts'
import { aClient } from '../fakes/client.ts'
import { createFakeKeyring } from '../fakes/keyring.ts'
import { grant as aGrant, start } from '../sessions/examples.ts'

const issuer = 'https://auth.example'
const keyring = await createFakeKeyring()
const needs = {
  issuer,
  config: { issuer, idTokenTtlSeconds: 300 },
  root: createRootSecret(Buffer.alloc(32, 1).toString('base64url')),
  signJwt: createSignJwt({ keyring }),
  findUser: async () => undefined,
}
const algOf = async (jwt: string) => {
  const key = createLocalJWKSet(await keyring.jwks())
  return (await jwtVerify(jwt, key, { issuer, audience: 'app', currentDate: new Date(start) }))
    .protectedHeader.alg
}

it.each<[registered: SigningAlg, allowed: readonly string[] | undefined, alg: SigningAlg]>([
  ['RS256', undefined, 'RS256'],
  ['RS256', ['PS256', 'ES256', 'EdDSA'], 'ES256'],
  ['RS256', ['HS256', 'PS256'], 'PS256'],
  ['EdDSA', ['PS256', 'ES256', 'EdDSA'], 'EdDSA'],
])(
  'registered %s, the profile allows %j: signed with %s, as ID tokens are',
  async (registered, allowed, alg) => {
    const rules = { ...baseRules, signing_algs: allowed }
    const client = aClient({ id_token_signed_response_alg: registered, rules })
    const grant = aGrant()
    const { sub, session_id } = grant
    const iat = start / 1000
    const id_token = await issueIdToken(needs, { client, grant, scopes: [], accessToken: 'at', iat })
    const logout = { logout_id: 'l-1', sub, session_id }
    const logout_token = await issueLogoutToken(needs, client, logout, start)
    expect(await algOf(id_token)).toBe(alg)
    expect(await algOf(logout_token)).toBe(alg)
  },
)
