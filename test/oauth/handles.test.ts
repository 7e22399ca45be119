import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { verifierMatches } from '../../src/protocol/pkce.ts'
import { openCode, sealCode } from '../../src/tokens/authorization-code.ts'
import {
  issueRefreshToken,
  openRefreshToken,
  openReplay,
  sealReplay,
} from '../../src/tokens/refresh-token.ts'
import { locateToken, serviceTokenId, userTokenId } from '../../src/tokens/token-id.ts'

const oldSecret = Buffer.alloc(32, 1).toString('base64url')
const newSecret = Buffer.alloc(32, 2).toString('base64url')
const root = createRootSecret(newSecret, [oldSecret])

const code = {
  grant: {
    grant_id: 'g',
    client_id: 'app',
    user_id: 'u',
    sub: 'u',
    session_id: 's',
    scopes: ['openid'],
    resources: [],
    claims: { userinfo: [], id_token: [] },
    auth_time: 1,
    acr: 'a',
    amr: ['pwd'],
    nonce: 'n',
  },
  redirect_uri: 'https://app.example/cb',
  code_challenge: 'c',
  expires_at: 2,
}

/** Changes one character of base64url text, whichever. */
const flip = (text: string, at: number) => {
  const index = at % text.length
  return text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1)
}

describe('sealed handles', () => {
  it('an authorization code opens to what was granted', async () => {
    expect(await openCode(root, await sealCode(root, code))).toEqual(code)
  })

  it('a code that states all that a long request asked opens too', async () => {
    const scopes = Array.from({ length: 64 }, (_, index) => `${index}`.padEnd(80, 's'))
    const resources = Array.from({ length: 8 }, (_, index) => `https://${index}.example/`.padEnd(250, 'r'))
    const long = { ...code, grant: { ...code.grant, scopes, resources } }
    expect(await openCode(root, await sealCode(root, long))).toEqual(long)
  })

  it('a code changed in any character does not open', async () => {
    const sealed = await sealCode(root, code)
    const body = sealed.slice('authly_ac_'.length)
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length - 1), async (at) => {
        expect(await openCode(root, `authly_ac_${flip(body, at)}`)).toBeUndefined()
      }),
      { numRuns: 100 },
    )
  })

  it('whatever is presented as a code or refresh token is refused without an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
        expect(await openCode(root, text)).toBeUndefined()
        expect(await openCode(root, `authly_ac_${text}`)).toBeUndefined()
        expect(await openRefreshToken(root, `authly_rt_${text}`)).toBeUndefined()
        expect(await locateToken(root, { jti: `u.${text}`, client_id: 'app' })).toBeUndefined()
      }),
    )
  })

  it('a refresh token of a previous root secret still opens; its own kind only', async () => {
    const issued = await issueRefreshToken(createRootSecret(oldSecret), 'u', 'g')
    expect((await openRefreshToken(root, issued.handle))?.routing).toEqual({ u: 'u', g: 'g' })
    expect((await openRefreshToken(root, issued.handle))?.secretHash).toBe(issued.secretHash)
    const asCode = issued.handle.replace('authly_rt_', 'authly_ac_')
    expect(await openCode(root, asCode)).toBeUndefined()
    expect(await openRefreshToken(createRootSecret(newSecret), issued.handle)).toBeUndefined()
  })

  it('a replay opens for the presented token alone', async () => {
    const replay = { refresh_token: 'next', jti: 'j', iat: 1 }
    const sealed = await sealReplay('presented', replay)
    expect(await openReplay('presented', sealed)).toEqual(replay)
    await expect(openReplay('other', sealed)).rejects.toThrow()
  })

  it('a token id finds its object and shows no user id', async () => {
    const jti = await userTokenId(root, 'user-1', 'grant-1')
    expect(jti).not.toContain('user-1')
    const located = await locateToken(root, { jti, client_id: 'app' })
    expect(located).toMatchObject({ subject: 'user-1', grantId: 'grant-1' })
    const service = await locateToken(root, { jti: serviceTokenId(), client_id: 'app' })
    expect(service).toMatchObject({ subject: 'client:app', grantId: undefined })
    expect(service?.jtiHash).not.toBe(located?.jtiHash)
  })

  it('checks the S256 example of RFC 7636 appendix B, and refuses short verifiers', async () => {
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    expect(await verifierMatches('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', challenge)).toBe(true)
    expect(await verifierMatches('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl', challenge)).toBe(false)
    expect(await verifierMatches('short', challenge)).toBe(false)
  })
})
