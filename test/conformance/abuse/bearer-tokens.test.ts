/** Tokens that are not what they claim, where our tokens are judged: userinfo, introspection, revocation. */
import { createHmac } from 'node:crypto'
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, expectNothingToChange, issuer, rp } from '../authly.ts'
import { expectRefusal } from '../expectations.ts'
import { authorization, type Tokens } from '../relying-party.ts'
import { respellingsOf } from '../respellings.ts'
import { demoResource, type SeededClient, type SeededUser } from '../seed.ts'
import type { UserAgent } from '../user-agent.ts'
import { type Answer, postForm, send } from '../wire.ts'

let client: SeededClient
let stranger: SeededClient
let api: SeededClient
let user: SeededUser
let agent: UserAgent
let tokens: Tokens
let keys: JWK[]
beforeAll(async () => {
  client = await addClient()
  stranger = await addClient()
  api = await addClient({ serves_resources: [demoResource] })
  user = await addUser()
  agent = await rp.signedInAgent(client, user)
  tokens = await rp.getTokens(agent, client)
  keys = (await send(`${issuer}/.well-known/jwks.json`)).json?.['keys'] as JWK[]
})

const userinfo = (token: string): Promise<Answer> =>
  send(rp.endpoints.userinfo, { headers: { authorization: `Bearer ${token}` } })

/** Nobody takes it for a token: not userinfo, not introspection; and revoking it says nothing (RFC 7009 §2.2). */
async function expectWorthless(token: string): Promise<void> {
  const info = await userinfo(token)
  expectRefusal(info, 401, 'invalid_token')
  expect(info.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/)
  expect((await rp.introspect(client, token)).json).toEqual({ active: false })
  expect((await rp.revoke(client, token)).status).toBe(200)
}

const decode = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const partsOf = (jwt: string) => jwt.split('.') as [string, string, string]

describe('a forged access token', () => {
  expectNothingToChange()

  it('differs from one that works', async () => {
    expect((await userinfo(tokens.access_token)).json).toMatchObject({ sub: user.id })
    expect((await rp.introspect(client, tokens.access_token)).json).toMatchObject({ active: true })
  })

  it('is worthless with alg none, with and without the old signature (RFC 8725 §3.1)', async () => {
    const [header, payload, signature] = partsOf(tokens.access_token)
    for (const alg of ['none', 'nOnE']) {
      const forged = `${encode({ ...decode(header), alg })}.${payload}`
      await expectWorthless(`${forged}.`)
      await expectWorthless(`${forged}.${signature}`)
    }
    await expectWorthless(`${header}.${payload}.`)
    await expectWorthless(`${header}.${payload}`)
  })

  it('is worthless in another spelling than ours (RFC 7515 §2)', async () => {
    for (const [name, text] of respellingsOf(tokens.access_token)) {
      const isAnother = text.trim() !== tokens.access_token
      // HTTP itself trims the value of a header.
      if (isAnother) expectRefusal(await userinfo(text), 401, 'invalid_token')
      if (text !== tokens.access_token) {
        expect((await rp.introspect(client, text)).json, name).toEqual({ active: false })
      }
    }
  })

  it('is worthless as HMAC keyed with our public key, in any of its forms (RFC 8725 §2.1)', async () => {
    const [header, payload] = partsOf(tokens.access_token)
    const { kid } = decode(header)
    const jwk = keys.find((key) => key.kid === kid) as JWK
    const spki = Buffer.from(
      await crypto.subtle.exportKey(
        'spki',
        (await importJWK(jwk, 'ES256', { extractable: true })) as CryptoKey,
      ),
    )
    const pem = `-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----\n`
    for (const secret of [spki, pem, JSON.stringify(jwk)]) {
      const input = `${encode({ ...decode(header), alg: 'HS256' })}.${payload}`
      await expectWorthless(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)
    }
  })

  it('is worthless from another key, also under our kid or with the key in its header (RFC 8725 §3.10)', async () => {
    const [header, payload] = partsOf(tokens.access_token)
    const pair = await generateKeyPair('ES256', { extractable: true })
    const jwk = await exportJWK(pair.publicKey)
    for (const more of [{}, { jwk }, { kid: 'unknown' }, { jku: 'https://evil.test/keys' }]) {
      const forged = await new SignJWT(decode(payload))
        .setProtectedHeader({ ...decode(header), ...more, alg: 'ES256' })
        .sign(pair.privateKey)
      await expectWorthless(forged)
    }
  })

  it('is worthless when anything of it was changed after signing (RFC 7515 §5.2)', async () => {
    const [header, payload, signature] = partsOf(tokens.access_token)
    const claims = decode(payload)
    for (const changes of [
      { sub: 'admin' },
      { exp: 9_999_999_999 },
      { scope: 'openid admin' },
      { aud: 'x' },
    ]) {
      await expectWorthless(`${header}.${encode({ ...claims, ...changes })}.${signature}`)
    }
    await expectWorthless(`${encode({ ...decode(header), typ: 'JWT' })}.${payload}.${signature}`)
    await expectWorthless(`${encode({ ...decode(header), alg: 'RS256' })}.${payload}.${signature}`)
  })

  it.each([
    ['one character', 'x'],
    ['dots', '...'],
    ['empty objects', 'e30.e30.e30'],
    ['a refresh token of nobody', `authly_rt_${'a'.repeat(80)}.${'b'.repeat(43)}`],
    ['an authorization code of nobody', `authly_ac_${'a'.repeat(80)}`],
    ['12,000 characters', 'a'.repeat(12_000)],
  ])('is worthless when it is %s', async (_, token) => expectWorthless(token))
})

describe('a token of another kind', () => {
  expectNothingToChange()

  it('is no access token: an ID token (RFC 9068 §4, RFC 8725 §3.11)', async () =>
    expectWorthless(tokens.id_token))

  it('is no bearer token: a refresh token (RFC 6749 §1.5)', async () => {
    expectRefusal(await userinfo(tokens.refresh_token), 401, 'invalid_token')
    expect((await rp.refresh(client, tokens.access_token)).json?.['error']).toBe('invalid_grant')
    expect((await rp.refresh(client, tokens.id_token)).json?.['error']).toBe('invalid_grant')
  })

  it('is not for userinfo: a service’s token, or one without openid (RFC 6750 §3.1)', async () => {
    const service = await rp.requestToken(client, { grant_type: 'client_credentials', scope: 'demo:read' })
    const forService = await userinfo(service.json?.['access_token'] as string)
    expectRefusal(forService, 403, 'insufficient_scope')
    const plain = await rp.getTokens(agent, client, { scope: 'demo:read' })
    const forPlain = await userinfo(plain.access_token)
    expectRefusal(forPlain, 403, 'insufficient_scope')
    expect(forPlain.headers.get('www-authenticate')).toMatch(/error="insufficient_scope".*scope="openid"/)
    expect(plain).not.toHaveProperty('id_token')
  })

  it('is not for userinfo: one for another API alone (RFC 9068 §4, RFC 8707 §2)', async () => {
    const answer = await rp.getTokens(agent, client, { scope: 'demo:read', resource: demoResource })
    expectRefusal(await userinfo(answer.access_token), 401, 'invalid_token')
    const both = await rp.getTokens(agent, client, { scope: 'openid demo:read', resource: demoResource })
    expect((await userinfo(both.access_token)).json).toMatchObject({ sub: user.id })
  })
})

describe('the way a bearer token is sent', () => {
  expectNothingToChange()

  it('is challenged without an error code when there is none (RFC 6750 §3.1)', async () => {
    const answer = await send(rp.endpoints.userinfo)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="authly", (resource_metadata="[^"]+"), DPoP realm="authly", \1, algs="[^"]+"$/,
    )
  })

  it('may not be the query, where logs and referrers keep it (OAuth 2.1 §5.2)', async () => {
    const answer = await send(`${rp.endpoints.userinfo}?access_token=${tokens.access_token}`)
    expect(answer.status).toBe(401)
  })

  it('may be a form post, but not two ways at once (RFC 6750 §2)', async () => {
    const fields = { access_token: tokens.access_token }
    expect((await postForm(rp.endpoints.userinfo, fields)).json).toMatchObject({ sub: user.id })
    const header = { authorization: `Bearer ${tokens.access_token}` }
    expectRefusal(await postForm(rp.endpoints.userinfo, fields, header), 400, 'invalid_request')
  })

  it.each(['Bearer', 'Bearer ', 'Bearer a b', 'Basic YTpi', 'bearer\u00a0x', 'Token x'])(
    'is refused as “%s” (RFC 6750 §2.1)',
    async (header) => {
      expect((await send(rp.endpoints.userinfo, { headers: { authorization: header } })).status).toBe(401)
    },
  )

  it('is “bearer” in any case (RFC 9110 §11.1)', async () => {
    const headers = { authorization: `bEaReR ${tokens.access_token}` }
    expect((await send(rp.endpoints.userinfo, { headers })).status).toBe(200)
  })
})

describe('who may ask about a token (RFC 7662 §2.2, §4)', () => {
  expectNothingToChange()

  it('is its client, and the API it is for; to all others it is inactive', async () => {
    const { access_token } = await rp.getTokens(agent, client, { resource: demoResource })
    expect((await rp.introspect(client, access_token)).json).toMatchObject({ active: true, sub: user.id })
    expect((await rp.introspect(api, access_token)).json).toMatchObject({ active: true, sub: user.id })
    expect((await rp.introspect(stranger, access_token)).json).toEqual({ active: false })
    expect((await rp.introspect(api, tokens.access_token)).json).toEqual({ active: false })
  })

  it('is only its client for a refresh token', async () => {
    const { refresh_token } = await rp.getTokens(agent, client, { resource: demoResource })
    expect((await rp.introspect(client, refresh_token)).json).toMatchObject({ active: true })
    expect((await rp.introspect(api, refresh_token)).json).toEqual({ active: false })
    expect((await rp.introspect(stranger, refresh_token)).json).toEqual({ active: false })
  })

  it('says nothing about a user id or a grant behind a pairwise subject (OIDC Core §8.1)', async () => {
    const pairwise = await addPairwiseTokens()
    const everything = [pairwise.access_token, pairwise.id_token].map((jwt) =>
      jwt
        .split('.')
        .slice(0, 2)
        .map(decode)
        .map((part) => JSON.stringify(part))
        .join(),
    )
    expect(everything.join()).not.toContain(user.id)
  })
})

let pairwiseClient: SeededClient
beforeAll(async () => {
  pairwiseClient = await addClient({ subject_type: 'pairwise' })
})
const addPairwiseTokens = () => rp.getTokens(agent, pairwiseClient)

describe('revocation (RFC 7009)', () => {
  expectNothingToChange()

  it('of an access token ends that token and leaves the refresh token (§2.1)', async () => {
    const fresh = await rp.getTokens(agent, client)
    expect((await rp.revoke(client, fresh.access_token)).status).toBe(200)
    await expectWorthless(fresh.access_token)
    expect((await rp.refresh(client, fresh.refresh_token)).status).toBe(200)
  })

  it('of a refresh token ends everything of its grant (§2.1)', async () => {
    const fresh = await rp.getTokens(agent, client)
    const next = (await rp.refresh(client, fresh.refresh_token)).json as Tokens
    expect((await rp.revoke(client, next.refresh_token)).status).toBe(200)
    await expectWorthless(fresh.access_token)
    await expectWorthless(next.access_token)
    expectRefusal(await rp.refresh(client, next.refresh_token), 400, 'invalid_grant')
  })

  it('by another client changes nothing and tells nothing (§2.1)', async () => {
    const fresh = await rp.getTokens(agent, client)
    for (const token of [fresh.access_token, fresh.refresh_token]) {
      expect((await rp.revoke(stranger, token)).text).toBe((await rp.revoke(stranger, 'nonsense')).text)
    }
    expect((await rp.introspect(client, fresh.access_token)).json).toMatchObject({ active: true })
    expect((await rp.refresh(client, fresh.refresh_token)).status).toBe(200)
  })

  it('takes a wrong token_type_hint without harm (§2.1)', async () => {
    const fresh = await rp.getTokens(agent, client)
    const fields = { token: fresh.access_token, token_type_hint: 'refresh_token' }
    expect((await postForm(rp.endpoints.revoke, fields, authorization(client))).status).toBe(200)
    await expectWorthless(fresh.access_token)
  })
})
