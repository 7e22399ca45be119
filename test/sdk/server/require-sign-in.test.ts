/** Who is led to the sign-in, who gets 401, and who may go on. */
import { refuseUnlessSignedIn, type SignInDemand } from '@authly-server/server'
import { authly as forHono, requireSignIn } from '@authly-server/server/hono'
import { Hono } from 'hono'
import { beforeEach, describe, expect, it } from 'vitest'
import { createApplication, createBrowser, origin, sessionSecret } from './application.ts'
import { client, createIssuer, type Issuer, issuerUrl } from './issuer.ts'

let issuer: Issuer
beforeEach(async () => {
  issuer = await createIssuer()
})

async function ask(
  headers: Record<string, string>,
  { isSignedIn = false, method = 'GET', demand = {} as SignInDemand } = {},
) {
  const authly = createApplication(issuer)
  const browser = createBrowser(authly)
  if (isSignedIn) await browser.signIn(issuer)
  return browser.open(
    '/account?tab=2',
    (auth) =>
      refuseUnlessSignedIn(
        authly,
        auth,
        new Request(`${origin}/account?tab=2`, { method, headers }),
        demand,
      ) ?? new Response('welcome'),
  )
}
const navigation = { 'sec-fetch-mode': 'navigate', accept: 'text/html' }

describe('who is not signed in', () => {
  it('is led to the sign-in and back when a browser opens the page', async () => {
    for (const headers of [navigation, { accept: 'text/html,*/*' }]) {
      const answer = await ask(headers)
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        '/auth/login?returnTo=%2Faccount%3Ftab%3D2',
      ])
    }
  })

  it.each<[string, Record<string, string>, string]>([
    ['a script', { 'sec-fetch-mode': 'cors', accept: 'text/html' }, 'GET'],
    ['a program', { accept: 'application/json' }, 'GET'],
    ['a form that was sent', navigation, 'POST'],
  ])('as %s gets 401, with the path to the sign-in', async (_name, headers, method) => {
    const answer = await ask(headers, { method })
    expect([answer.status, await answer.json()]).toEqual([401, { error: 'signed_out', login: '/auth/login' }])
  })
})

describe('who is signed in', () => {
  it('may go on, unless more is demanded', async () => {
    const isSignedIn = true
    expect(await (await ask(navigation, { isSignedIn })).text()).toBe('welcome')
    const demand = { acrValues: ['urn:authly:acr:mfa', 'phr'], maxAge: 300 }
    const more = await ask(navigation, { isSignedIn, demand })
    expect(new URL(more.headers.get('location') ?? '', origin).searchParams.get('acr_values')).toBe(
      'urn:authly:acr:mfa phr',
    )
    const script = await ask({ 'sec-fetch-mode': 'cors' }, { isSignedIn, demand })
    expect([script.status, await script.json()]).toEqual([
      401,
      {
        error: 'insufficient_user_authentication',
        login: '/auth/login?acr_values=urn%3Aauthly%3Aacr%3Amfa+phr&max_age=300',
      },
    ])
    issuer.state.acr = 'urn:authly:acr:mfa'
    expect(await (await ask(navigation, { isSignedIn, demand })).text()).toBe('welcome')
  })
})

describe('Hono', () => {
  it('stops before the handler, and types say afterwards who it is', async () => {
    const app = new Hono()
    const handled: string[] = []
    app.use(forHono({ ...client, issuer: issuerUrl, baseUrl: origin, sessionSecret, fetch: issuer.fetch }))
    app.get('/account', requireSignIn(), (c) => {
      handled.push(c.var.auth.user.sub)
      return c.text(c.var.auth.user.sub)
    })
    expect((await app.request('/account')).status).toBe(401)
    expect(handled).toEqual([])
    const browser = createBrowser(createApplication(issuer))
    await browser.signIn(issuer)
    expect(await (await app.request(browser.request('/account'))).text()).toBe('grace')
  })
})
