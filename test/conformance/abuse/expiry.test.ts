/** What time ends, with clocks short enough to see it: codes, tokens, replay windows, sessions, pages. */
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectHostedPage, expectRefusal } from '../expectations.ts'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import type { RelyingParty, Tokens } from '../relying-party.ts'
import type { SeededClient, SeededUser } from '../seed.ts'
import { signIn } from '../sign-in.ts'
import { createUserAgent } from '../user-agent.ts'
import { formBody, send } from '../wire.ts'

// Nine people sign in at once below, each within a lifetime of a page and of a code.
const lifetime = 4
/** Longer than any lifetime here, in whole seconds as JWTs count. */
const untilOver = () => sleep((lifetime + 1) * 1000)

let authly: OwnAuthly
let rp: RelyingParty
let client: SeededClient
let user: SeededUser
beforeAll(async () => {
  authly = await startOwnAuthly({
    AUTHLY_AUTHORIZATION_CODE_TTL_SECONDS: String(lifetime),
    AUTHLY_ACCESS_TOKEN_TTL_SECONDS: String(lifetime),
    AUTHLY_ID_TOKEN_TTL_SECONDS: String(lifetime),
    AUTHLY_REFRESH_REPLAY_GRACE_SECONDS: String(lifetime),
    AUTHLY_REFRESH_TOKEN_IDLE_TTL_SECONDS: String(lifetime * 3),
    AUTHLY_REFRESH_TOKEN_ABSOLUTE_TTL_SECONDS: String(lifetime * 4),
    AUTHLY_INTERACTION_TTL_SECONDS: String(lifetime),
    AUTHLY_SESSION_IDLE_TTL_SECONDS: String(lifetime * 10),
    AUTHLY_SESSION_ABSOLUTE_TTL_SECONDS: String(lifetime * 10),
  })
  rp = authly.rp
  client = await authly.seed.addClient()
  user = await authly.seed.addUser()
})
afterAll(() => authly?.stop())

describe.concurrent('after its lifetime', () => {
  it('a code is refused (RFC 6749 §4.1.2)', async () => {
    const code = await rp.getCode(await rp.signedInAgent(client, user), client)
    await untilOver()
    expectRefusal(await rp.redeem(client, code), 400, 'invalid_grant')
  })

  it('an access token is inactive and opens nothing (RFC 9068 §4, RFC 7662 §2.2)', async () => {
    const { access_token, refresh_token } = await rp.getTokens(await rp.signedInAgent(client, user), client)
    const { exp, iat } = decodeJwt(access_token) as { exp: number; iat: number }
    expect(exp - iat).toBe(lifetime)
    expect((await rp.introspect(client, access_token)).json).toMatchObject({ active: true })
    await untilOver()
    expect((await rp.introspect(client, access_token)).json).toEqual({ active: false })
    const headers = { authorization: `Bearer ${access_token}` }
    expectRefusal(await send(rp.endpoints.userinfo, { headers }), 401, 'invalid_token')
    expect((await rp.refresh(client, refresh_token)).status).toBe(200)
  })

  it('an ID token still tells whom to expect and whom to sign out (RP-Initiated Logout §2)', async () => {
    const agent = await rp.signedInAgent(client, user)
    const { id_token } = await rp.getTokens(agent, client)
    await untilOver()
    const silent = await rp.authorize(client, { prompt: 'none', id_token_hint: id_token }, agent)
    expect(silent.location?.searchParams.has('code')).toBe(true)
    const home = client.post_logout_redirect_uri
    const out = formBody({ id_token_hint: id_token, post_logout_redirect_uri: home })
    expect((await agent.request(`${rp.endpoints.logout}?${out}`)).location?.href).toBe(home)
  })

  it('the replay window of a refresh token turns a retry into a theft (RFC 9700 §4.14.2)', async () => {
    const { refresh_token } = await rp.getTokens(await rp.signedInAgent(client, user), client)
    const next = (await rp.refresh(client, refresh_token)).json as Tokens
    expect((await rp.refresh(client, refresh_token)).status).toBe(200)
    await untilOver()
    expectRefusal(await rp.refresh(client, refresh_token), 400, 'invalid_grant')
    expectRefusal(await rp.refresh(client, next.refresh_token), 400, 'invalid_grant')
  })

  it('a refresh token unused for its idle lifetime is refused (RFC 9700 §4.14.2)', async () => {
    const { refresh_token } = await rp.getTokens(await rp.signedInAgent(client, user), client)
    await sleep((lifetime * 3 + 1) * 1000)
    expect((await rp.introspect(client, refresh_token)).json).toEqual({ active: false })
    expectRefusal(await rp.refresh(client, refresh_token), 400, 'invalid_grant')
  })

  it('a family ends, however often it was refreshed', async () => {
    let { refresh_token } = await rp.getTokens(await rp.signedInAgent(client, user), client)
    const began = Date.now()
    let answer = await rp.refresh(client, refresh_token)
    while (answer.status === 200 && Date.now() - began < lifetime * 10_000) {
      refresh_token = (answer.json as Tokens).refresh_token
      await sleep(1000)
      answer = await rp.refresh(client, refresh_token)
    }
    expectRefusal(answer, 400, 'invalid_grant')
    expect(Date.now() - began).toBeGreaterThan(lifetime * 3000)
  })

  it('a sign-in page left open leads nowhere, and the person may begin again', async () => {
    const agent = createUserAgent()
    const page = await agent.open(rp.authorizeUrl(client))
    await untilOver()
    const [form] = page.forms
    if (!form) throw new Error(page.text)
    const late = await agent.submit(page, form, { identifier: user.username, password: user.password })
    expect([late.status, late.location]).toEqual([400, undefined])
    expect(agent.cookies.get('authly_session')).toBeUndefined()
    await signIn(agent, rp.authorizeUrl(client), client.redirect_uri, { user })
  })

  it('max_age makes an old sign-in old (OIDC Core §3.1.2.1)', async () => {
    const agent = await rp.signedInAgent(client, user)
    await untilOver()
    expectHostedPage(await rp.authorize(client, { max_age: '1' }, agent), '/login')
    expect((await rp.authorize(client, { max_age: '600' }, agent)).location?.searchParams.has('code')).toBe(
      true,
    )
  })

  it('a session is over (absolute lifetime)', async () => {
    const agent = await rp.signedInAgent(client, user)
    await sleep((lifetime * 10 + 1) * 1000)
    expectHostedPage(await rp.authorize(client, {}, agent), '/login')
  })
})
