/** Stolen, injected, stretched and repeated authorization codes (RFC 9700 §2.1.1, §4.5; RFC 7636). */
import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, expectNothingToChange, rp } from '../authly.ts'
import { expectRedirectedError, expectRefusal } from '../expectations.ts'
import { challengeOf, type Tokens, verifier } from '../relying-party.ts'
import type { SeededClient, SeededUser } from '../seed.ts'
import type { UserAgent } from '../user-agent.ts'
import { type FormFields, postForm, send } from '../wire.ts'

let client: SeededClient
let thief: SeededClient
let exempt: SeededClient
let spa: SeededClient
let user: SeededUser
let agent: UserAgent
beforeAll(async () => {
  client = await addClient()
  thief = await addClient({ redirect_uris: [client.redirect_uri] })
  exempt = await addClient({ require_pkce: false })
  spa = await addClient({ token_endpoint_auth_method: 'none', require_pkce: false })
  user = await addUser()
  agent = await rp.signedInAgent(client, user)
})

/** Whatever was refused, the code is still its owner's: a refusal must not let a thief burn it. */
const expectStillGood = async (code: string) => expect((await rp.redeem(client, code)).status).toBe(200)

describe('a code with something wrong about its redemption', () => {
  expectNothingToChange()

  it.each<[string, FormFields]>([
    ['no verifier (RFC 7636 §4.6)', { code_verifier: undefined }],
    ['an empty verifier (RFC 7636 §4.6)', { code_verifier: '' }],
    ['another verifier (RFC 7636 §4.6)', { code_verifier: randomBytes(32).toString('base64url') }],
    ['the challenge as verifier (RFC 7636 §7.2)', { code_verifier: challengeOf(verifier) }],
    ['a verifier cut short (RFC 7636 §4.1)', { code_verifier: verifier.slice(0, 42) }],
    ['a verifier with a line break added (RFC 7636 §4.1)', { code_verifier: `${verifier} ` }],
    ['another redirect URI (RFC 6749 §4.1.3)', { redirect_uri: 'https://evil.test/callback' }],
  ])('is refused and stays good for its owner: %s', async (_, changes) => {
    const code = await rp.getCode(agent, client)
    expectRefusal(await rp.redeem(client, code, changes), 400, 'invalid_grant')
    await expectStillGood(code)
  })

  it('is refused to another client, though it has verifier and redirect URI (RFC 6749 §4.1.3)', async () => {
    const code = await rp.getCode(agent, client)
    expectRefusal(await rp.redeem(thief, code), 400, 'invalid_grant')
    await expectStillGood(code)
  })

  it('is refused with the redirect URI in another case or with a slash (RFC 6749 §3.1.2.3)', async () => {
    const code = await rp.getCode(agent, client)
    for (const redirect_uri of [`${client.redirect_uri}/`, client.redirect_uri.toUpperCase()]) {
      expectRefusal(await rp.redeem(client, code, { redirect_uri }), 400, 'invalid_grant')
    }
    await expectStillGood(code)
  })

  it.each<[string, (code: string) => string]>([
    ['made up', () => `authly_ac_${'a'.repeat(400)}`],
    ['cut by a character', (code) => code.slice(0, -1)],
    [
      'with one character changed',
      (code) => `${code.slice(0, 40)}${code[40] === 'A' ? 'B' : 'A'}${code.slice(41)}`,
    ],
    ['with a character added', (code) => `${code}A`],
    ['without its prefix', (code) => code.replace('authly_ac_', '')],
    ['ten times as long', (code) => code.repeat(10)],
  ])('is refused %s', async (_, change) => {
    const code = await rp.getCode(agent, client)
    expectRefusal(await rp.redeem(client, change(code)), 400, 'invalid_grant')
    await expectStillGood(code)
  })

  it('needs no redirect URI when PKCE binds it, and needs one otherwise (OAuth 2.1 §4.1.3, RFC 6749 §4.1.3)', async () => {
    const bound = await rp.getCode(agent, client)
    expect((await rp.redeem(client, bound, { redirect_uri: undefined })).status).toBe(200)
    const changes = { code_challenge: undefined, code_challenge_method: undefined }
    const unbound = await rp.getCode(agent, exempt, changes)
    const without = { redirect_uri: undefined, code_verifier: undefined }
    expectRefusal(await rp.redeem(exempt, unbound, without), 400, 'invalid_grant')
  })

  it('must be there', async () => {
    expectRefusal(await rp.redeem(client, ''), 400, 'invalid_request')
  })
})

describe('a code used twice (RFC 6749 §4.1.2, RFC 9700 §4.5)', () => {
  expectNothingToChange()

  it('ends everything that its first use had issued', async () => {
    const code = await rp.getCode(agent, client)
    const tokens = (await rp.redeem(client, code)).json as Tokens
    const next = (await rp.refresh(client, tokens.refresh_token)).json as Tokens
    expectRefusal(await rp.redeem(client, code), 400, 'invalid_grant')
    for (const token of [tokens.access_token, next.access_token, next.refresh_token]) {
      expect((await rp.introspect(client, token)).json).toEqual({ active: false })
    }
    expectRefusal(await rp.refresh(client, next.refresh_token), 400, 'invalid_grant')
    const info = await send(rp.endpoints.userinfo, {
      headers: { authorization: `Bearer ${next.access_token}` },
    })
    expectRefusal(info, 401, 'invalid_token')
  })

  it('leaves the person signed in and other grants alone', async () => {
    const other = await rp.getTokens(agent, client)
    const code = await rp.getCode(agent, client)
    await rp.redeem(client, code)
    await rp.redeem(client, code)
    expect((await rp.introspect(client, other.access_token)).json).toMatchObject({ active: true })
    expect(await rp.getCode(agent, client)).toMatch(/^authly_ac_/)
  })
})

describe('PKCE at the authorization endpoint', () => {
  expectNothingToChange()

  it.each<[string, FormFields]>([
    ['is required (OAuth 2.1 §4.1.1)', { code_challenge: undefined, code_challenge_method: undefined }],
    ['needs a challenge with its method', { code_challenge: undefined }],
    [
      'is S256: plain is refused (RFC 9700 §2.1.1)',
      { code_challenge: verifier, code_challenge_method: 'plain' },
    ],
    ['is S256: no method means plain (RFC 7636 §4.3)', { code_challenge_method: undefined }],
    ['is S256: s256 is not (RFC 7636 §4.3)', { code_challenge_method: 's256' }],
    ['needs a challenge that is a SHA-256 (RFC 7636 §4.2)', { code_challenge: 'short' }],
    ['needs a challenge without padding (RFC 7636 §4.2)', { code_challenge: `${challengeOf(verifier)}=` }],
  ])('%s', async (_, changes) => {
    const page = await rp.authorize(client, changes, agent)
    expectRedirectedError(page, client.redirect_uri, 'invalid_request')
  })

  const without: FormFields = { code_challenge: undefined, code_challenge_method: undefined }

  it('may be left out by an exempt confidential client that sends a nonce (RFC 9700 §2.1.1)', async () => {
    const code = await rp.getCode(agent, exempt, without)
    expect((await rp.redeem(exempt, code, { code_verifier: undefined })).status).toBe(200)
    const page = await rp.authorize(exempt, { ...without, nonce: undefined }, agent)
    expectRedirectedError(page, exempt.redirect_uri, 'invalid_request')
  })

  it('may not be left out by a public client, whatever its registration says (OAuth 2.1 §7.5)', async () => {
    expectRedirectedError(await rp.authorize(spa, without, agent), spa.redirect_uri, 'invalid_request')
  })

  it('cannot be downgraded: a verifier for a code without challenge is refused (RFC 9700 §4.8.2)', async () => {
    const code = await rp.getCode(agent, exempt, without)
    expectRefusal(await rp.redeem(exempt, code), 400, 'invalid_grant')
  })

  it('cannot be skipped at redemption by an exempt client that used it (RFC 9700 §4.8)', async () => {
    const code = await rp.getCode(agent, exempt)
    expectRefusal(await rp.redeem(exempt, code, { code_verifier: undefined }), 400, 'invalid_grant')
  })
})

describe('a public client (OAuth 2.1 §2.4)', () => {
  expectNothingToChange()

  it('redeems with the verifier alone, and not a confidential client’s code', async () => {
    const fields = (code: string): FormFields => ({
      grant_type: 'authorization_code',
      client_id: spa.client_id,
      code,
      redirect_uri: spa.redirect_uri,
      code_verifier: verifier,
    })
    const own = await postForm(rp.endpoints.token, fields(await rp.getCode(agent, spa)))
    expect(own.status).toBe(200)
    expectRefusal(
      await postForm(rp.endpoints.token, fields(await rp.getCode(agent, client))),
      400,
      'invalid_grant',
    )
  })
})
