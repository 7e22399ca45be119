/** What every application with `@authly-server/server` does, whatever it is written with. */
import { type TOTP, URI } from 'otpauth'
import { afterEach, expect, it, vi } from 'vitest'
import { issuer } from '../authly.ts'
import { signIn } from '../sign-in.ts'
import type { Page } from '../user-agent.ts'
import type { Start } from './applications.ts'
import type { Served } from './serve.ts'
import { shortLived, signOutElsewhere, untilTokensEnd, visit } from './visit.ts'

/** @param read what a page shows, as JSON */
export function tellStories(
  start: Start,
  read: (page: Page) => unknown = ({ body }) => JSON.parse(body),
): void {
  const running: Served[] = []
  afterEach(() => Promise.all(running.splice(0).map((served) => served.close())))

  it('signs in, comes back to the page, shows who it is; the browser gets no token', async () => {
    const { agent, enter, open, origin, user } = await visit(start, running)
    expect(read(await open('/'))).toBeNull()
    const page = await enter('/private?tab=1')
    expect(page.url.href).toBe(`${origin}/private?tab=1`)
    expect(read(page)).toEqual({ sub: user.id })
    expect(read(await open('/'))).toMatchObject({ sub: user.id, name: 'Grace Hopper', email_verified: true })
    expect(agent.cookies.all().length).toBeGreaterThan(0)
    for (const { value } of agent.cookies.all()) expect(value).not.toMatch(/authly_rt_|eyJ[\w-]*\.eyJ/)
  })

  it('signs out here and at Authly; other sites cannot (OpenID Connect RP-Initiated Logout 1.0)', async () => {
    const { agent, enter, open, origin, post } = await visit(start, running)
    await enter('/private')
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, {}])
      expect((await post('/auth/logout', headers)).status).toBe(403)
    expect((await open('/private')).status).toBe(200)
    const left = await post('/auth/logout')
    expect(left.status).toBe(303)
    expect((await agent.open(left.location as URL)).url.href).toBe(`${origin}/`)
    expect(read(await open('/'))).toBeNull()
    // Authly asks for the password again.
    expect((await agent.open(`${origin}/private`)).url.origin).toBe(issuer)
  })

  it('renews its tokens, for parallel requests of one session too, and the cookie goes on', async () => {
    const { enter, open } = await visit(start, running, shortLived)
    await enter('/private')
    const tokenIn = ({ status, body }: Page) => {
      expect([status, body]).toEqual([200, expect.stringContaining('"token"')])
      return JSON.parse(body).token
    }
    const token = tokenIn(await open('/token'))
    for (let round = 0; round < 2; round++) {
      await untilTokensEnd()
      const answers = await Promise.all(Array.from({ length: 6 }, () => open('/token')))
      for (const answer of answers) expect(tokenIn(answer)).not.toBe(token)
    }
    expect((await open('/private')).status).toBe(200)
  })

  it('calls an API with its token, and sends that nowhere else', async () => {
    const { enter, open, user } = await visit(start, running)
    await enter('/private')
    const answer = await open(`/call?url=${encodeURIComponent(`${issuer}/oidc/userinfo`)}`)
    expect(JSON.parse(answer.body)).toMatchObject({ sub: user.id })
    expect((await open('/call?url=https://evil.example/')).status).toBe(500)
  })

  it('notices at the next refresh that the session has ended at Authly', async () => {
    const { agent, enter, open } = await visit(start, running, shortLived)
    await enter('/private')
    await signOutElsewhere(agent)
    await untilTokensEnd()
    expect((await open('/private')).location?.pathname).toBe('/auth/login')
    expect(read(await open('/'))).toBeNull()
  })

  it('hears by back-channel that it has ended (OpenID Connect Back-Channel Logout 1.0)', async () => {
    const columns = { backchannel_logout_uri: '/auth/backchannel-logout' }
    const { agent, enter, open } = await visit(start, running, columns)
    await enter('/private')
    await signOutElsewhere(agent)
    const isOut = async () => expect(read(await open('/'))).toBeNull()
    await vi.waitFor(isOut, { timeout: 30_000, interval: 200 })
  })

  it('asks for a stronger sign-in: whoever has no second factor sets one up, and comes back to the page', async () => {
    const { agent, enter, open, origin, user } = await visit(start, running)
    await enter('/private')
    const toLogin = await open('/strong')
    expect(toLogin.location?.searchParams.get('acr_values')).toBe('urn:authly:acr:mfa')
    const apps: TOTP[] = []
    const back = await signIn(agent, toLogin.location as URL, `${origin}/auth/callback`, {
      user,
      onPage: ({ body }) => {
        const uri = /href="(otpauth:[^"]+)"/.exec(body)?.[1]
        if (uri) apps.push(URI.parse(uri.replaceAll('&amp;', '&')) as TOTP)
      },
      codeOf: () => apps[0]?.generate() ?? '',
    })
    expect(apps).toHaveLength(1)
    const page = await agent.open(back)
    expect([page.url.href, page.status]).toEqual([`${origin}/strong`, 200])
    expect((await open('/strong')).status).toBe(200)
  })

  it('asks for a sign-in that nobody can reach: the session stays as it was', async () => {
    const { agent, enter, origin } = await visit(start, running)
    await enter('/private')
    const refused = await agent.open(
      `${origin}/auth/login?acr_values=urn:example:unknown`,
      (url) => url.pathname === '/auth/callback',
    )
    const page = await agent.request(refused.location as URL)
    expect([page.status, page.text]).toEqual([
      400,
      expect.stringContaining('unmet_authentication_requirements'),
    ])
    expect((await agent.open(`${origin}/private`)).status).toBe(200)
  })
}
