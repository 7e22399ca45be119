/** Sign-out that somebody else wants, and redirects nobody registered (RP-Initiated Logout 1.0 §2, §3, §6). */
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, expectNothingToChange, issuer, rp } from '../authly.ts'
import { expectLocalError } from '../expectations.ts'
import type { Tokens } from '../relying-party.ts'
import type { SeededClient, SeededUser } from '../seed.ts'
import type { UserAgent } from '../user-agent.ts'
import { type FormFields, formBody, postForm } from '../wire.ts'

let client: SeededClient
let other: SeededClient
let user: SeededUser
let agent: UserAgent
let tokens: Tokens
let home: string
beforeAll(async () => {
  client = await addClient()
  other = await addClient()
  user = await addUser()
  agent = await rp.signedInAgent(client, user)
  tokens = await rp.getTokens(agent, client)
  home = client.post_logout_redirect_uri
})

const url = (fields: FormFields) => `${rp.endpoints.logout}?${formBody(fields)}`
const stillSignedIn = async (who = agent) =>
  (await rp.authorize(client, { prompt: 'none' }, who)).location?.searchParams.has('code')

describe('a sign-out request that proves nothing', () => {
  expectNothingToChange()

  it.each<[string, () => FormFields]>([
    ['nothing at all', () => ({})],
    [
      'a client and its registered URI',
      () => ({ client_id: client.client_id, post_logout_redirect_uri: home }),
    ],
    ['somebody’s login name', () => ({ logout_hint: user.username })],
  ])('with %s only asks the person (§6: logout CSRF)', async (_, fields) => {
    const page = await agent.request(url(fields()))
    expect([page.status, page.location]).toEqual([200, undefined])
    expect(page.forms.some(({ method }) => method === 'post')).toBe(true)
    expect(await stillSignedIn()).toBe(true)
  })

  it('with an ID token of another session only asks (§2: the hint must be about this session)', async () => {
    const elsewhere = await rp.signedInAgent(client, user)
    const { id_token } = await rp.getTokens(elsewhere, client)
    const page = await agent.request(url({ id_token_hint: id_token, post_logout_redirect_uri: home }))
    expect([page.status, page.location]).toEqual([200, undefined])
    expect(await stillSignedIn()).toBe(true)
  })

  it('cannot be confirmed without the form’s token or from another site (CSRF)', async () => {
    const confirm = `${issuer}/oidc/logout/confirm`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const own = { ...headers, origin: issuer }
    for (const [sent, body] of [
      [own, ''],
      [own, 'csrf_token=x'],
      [{ ...headers, origin: 'https://evil.test' }, 'csrf_token=x'],
      [headers, 'csrf_token=x'],
    ] as const) {
      const answer = await agent.request(confirm, { method: 'POST', headers: sent, body: [body] })
      expect(answer.status).toBe(403)
    }
    expect(await stillSignedIn()).toBe(true)
  })
})

describe('a post-logout redirect (§3, open redirect)', () => {
  expectNothingToChange()

  it.each<[string, () => FormFields]>([
    ['to an unregistered URI', () => ({ post_logout_redirect_uri: 'https://evil.test/' })],
    ['to another client’s URI', () => ({ post_logout_redirect_uri: other.post_logout_redirect_uri })],
    ['to the client’s callback', () => ({ post_logout_redirect_uri: client.redirect_uri })],
    ['to the URI without its slash', () => ({ post_logout_redirect_uri: home.replace(/\/$/, '') })],
    ['to the URI in another case', () => ({ post_logout_redirect_uri: home.toUpperCase() })],
    ['to the URI with a path', () => ({ post_logout_redirect_uri: `${home}x` })],
    ['to the URI with a query', () => ({ post_logout_redirect_uri: `${home}?next=https://evil.test` })],
    ['to the URI with userinfo', () => ({ post_logout_redirect_uri: home.replace('://', '://evil.test@') })],
    ['with a backslash', () => ({ post_logout_redirect_uri: 'https://evil.test\\@example.test' })],
    ['to javascript:', () => ({ post_logout_redirect_uri: 'javascript:alert(1)' })],
    ['to two URIs', () => ({ post_logout_redirect_uri: [home, 'https://evil.test/'] })],
    [
      'for a client that the hint does not name',
      () => ({ client_id: other.client_id, post_logout_redirect_uri: home }),
    ],
    ['with a broken hint', () => ({ id_token_hint: 'x', post_logout_redirect_uri: home })],
    [
      'with a hint of alg none',
      () => ({ id_token_hint: 'eyJhbGciOiJub25lIn0.e30.', post_logout_redirect_uri: home }),
    ],
    [
      'with a hint that is padded (RFC 7515 §2)',
      () => ({ id_token_hint: `${tokens.id_token}==`, post_logout_redirect_uri: home }),
    ],
    [
      'with an access token as the hint',
      () => ({ id_token_hint: tokens.access_token, post_logout_redirect_uri: home }),
    ],
  ])('%s is refused here and the session lives', async (_, changes) => {
    expectLocalError(await agent.request(url({ id_token_hint: tokens.id_token, ...changes() })))
    expect(await stillSignedIn()).toBe(true)
  })

  it('needs a client that registered it, also when nobody is signed in', async () => {
    const answer = await fetch(url({ post_logout_redirect_uri: home }), { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })
})

describe('a sign-out', () => {
  it('ends the session and its tokens, and goes where the client registered, with state (§2, §3)', async () => {
    const who = await rp.signedInAgent(client, user)
    const own = await rp.getTokens(who, client, { scope: 'openid' })
    const offline = await rp.getTokens(who, client)
    const state = 'a&b=c"<'
    const page = await who.request(
      url({ id_token_hint: own.id_token, post_logout_redirect_uri: home, state }),
    )
    expect(page.location?.href.split('?')[0]).toBe(home)
    expect(page.location?.searchParams.get('state')).toBe(state)
    expect(who.cookies.get('authly_session')).toBeUndefined()
    expect(await stillSignedIn(who)).toBe(false)
    expect((await rp.introspect(client, own.access_token)).json).toEqual({ active: false })
    expect((await rp.refresh(client, own.refresh_token)).json?.['error']).toBe('invalid_grant')
    // OIDC Core §11: offline access is for when the person is gone.
    expect((await rp.refresh(client, offline.refresh_token)).status).toBe(200)
  })

  it('leaves a copied session cookie dead (the server forgets, not only the browser)', async () => {
    const who = await rp.signedInAgent(client, user)
    const { id_token } = await rp.getTokens(who, client)
    const copy = who.cookies.get('authly_session')?.value
    await who.request(url({ id_token_hint: id_token }))
    who.cookies.store(new URL(issuer), [`authly_session=${copy}; Path=/`])
    expect(await stillSignedIn(who)).toBe(false)
  })

  it('leaves a code that was not redeemed yet worthless', async () => {
    const who = await rp.signedInAgent(client, user)
    const { id_token } = await rp.getTokens(who, client)
    const code = await rp.getCode(who, client, { scope: 'openid' })
    await who.request(url({ id_token_hint: id_token }))
    expect((await rp.redeem(client, code)).json?.['error']).toBe('invalid_grant')
  })

  it('works by POST, and after the question when nothing proved who asks (§2)', async () => {
    const byPost = await rp.signedInAgent(client, user)
    const hint = (await rp.getTokens(byPost, client)).id_token
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://app.example.test',
    }
    const body = [formBody({ id_token_hint: hint, post_logout_redirect_uri: home })]
    const redirected = await byPost.request(rp.endpoints.logout, { method: 'POST', headers, body })
    expect((await byPost.request(redirected.location as URL)).location?.href).toBe(home)
    expect(await stillSignedIn(byPost)).toBe(false)

    const asked = await rp.signedInAgent(client, user)
    const question = await asked.request(url({ client_id: client.client_id, post_logout_redirect_uri: home }))
    const [form] = question.forms
    if (!form) throw new Error('the question has no form')
    const done = await asked.submit(question, form, {}, ({ origin }) => origin !== issuer)
    expect(done.location?.href).toBe(home)
    expect(await stillSignedIn(asked)).toBe(false)
  })

  it('refuses what is no form (RFC 6749 appendix B)', async () => {
    const answer = await fetch(rp.endpoints.logout, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(415)
    expect((await postForm(rp.endpoints.logout, { state: 'x'.repeat(1_000_000) })).status).toBe(413)
  })
})
