/** Signing out of several applications in Chromium: frames of the front channel, and the frame that is asked. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApplication } from './application.ts'
import { checkLook } from './check-look.ts'
import { hasChromium } from './chromium.ts'
import { openStage, type Stage } from './stage.ts'

/** The application's home on the site of this server, as `localhost` is: over http no cookie goes to another site. */
const homeOf = ({ application }: Stage): string => application.home.replace('127.0.0.1', 'localhost')

describe.runIf(hasChromium)('signing out in Chromium', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage({ vars: { AUTHLY_SESSION_MANAGEMENT: 'true' } })
  })
  afterAll(() => stage?.close())

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await stage.browser.newContext({ locale: 'en-US', ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    return page
  }

  /** An application at the home origin, with a page for its frame. */
  async function addFramed(frameHtml: string) {
    const home = homeOf(stage)
    const path = `/signed-out-${crypto.randomUUID()}`
    stage.application.serve(path, frameHtml)
    const frame = home + path
    const client_id = await stage.addApplication('Garden Planner', `${home}/cb`, {
      ...{ first_party: true, frontchannel_logout_uri: frame, frontchannel_logout_session_required: true },
      post_logout_redirect_uris: [`${home}/bye`],
    })
    return { client_id, frame }
  }

  /** Signs in by the application, which redeems its code. */
  async function signIn(page: Page, client_id: string) {
    const person = await stage.seed.addUser()
    const redirect_uri = `${homeOf(stage)}/cb`
    await page.goto(stage.authorizeUrl(client_id, { redirect_uri, scope: 'openid' }))
    await page.getByLabel('Email address or username').fill(person.username)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL((url) => url.pathname === '/cb')
    const answer = new URL(page.url()).searchParams
    const response = await fetch(`${stage.issuer}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', client_id, redirect_uri, code: answer.get('code') ?? '' },
        code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      }),
    })
    const { id_token } = (await response.json()) as { id_token: string }
    return { id_token, session_state: answer.get('session_state') as string }
  }

  const logoutUrl = (id_token: string) => {
    const query = { id_token_hint: id_token, post_logout_redirect_uri: `${homeOf(stage)}/bye` }
    return `${stage.issuer}/oidc/logout?${new URLSearchParams(query)}`
  }
  const requestsOf = (page: Page, frame: string) => {
    const seen: URL[] = []
    page.on('request', (request) => {
      if (request.url().startsWith(frame)) seen.push(new URL(request.url()))
    })
    return seen
  }

  test('the application’s frame is loaded and cannot lead the window elsewhere, and then the person is back there', async () => {
    // Attack: the framed page takes the window over.
    const attack = `<!doctype html><script>try { top.location = '${homeOf(stage)}/stolen' } catch {}</script>`
    const { client_id, frame } = await addFramed(attack)
    const page = await openPage()
    const { id_token } = await signIn(page, client_id)
    const seen = requestsOf(page, frame)
    await page.goto(logoutUrl(id_token))
    await page.waitForURL(`${homeOf(stage)}/bye`)
    expect(seen).toHaveLength(1)
    expect(seen[0]?.searchParams.get('iss')).toBe(stage.issuer)
    const { sid } = JSON.parse(Buffer.from(id_token.split('.')[1] as string, 'base64url').toString())
    expect(seen[0]?.searchParams.get('sid')).toBe(sid)
  })

  test('without JavaScript too, after a while; the link goes on at once', async () => {
    const { client_id, frame } = await addFramed('<!doctype html><title>bye</title>')
    const page = await openPage({ javaScriptEnabled: false })
    const { id_token } = await signIn(page, client_id)
    const seen = requestsOf(page, frame)
    await page.goto(logoutUrl(id_token))
    await page.waitForURL(`${homeOf(stage)}/bye`)
    expect(seen).toHaveLength(1)
  })

  test('check_session_iframe says unchanged, changed after a sign-out, and nothing to a page of another origin', async () => {
    const { client_id } = await addFramed('<!doctype html>')
    const page = await openPage()
    const { session_state } = await signIn(page, client_id)
    const asking = `<!doctype html><title>asks</title><iframe src="${stage.issuer}/oidc/check-session"></iframe>
      <script>
        const answers = []
        addEventListener('message', (event) => { if (event.origin === '${stage.issuer}') answers.push(event.data) })
      </script>`
    const otherSite = stage.application.serve('/asks', asking)
    const here = `${homeOf(stage)}/asks`
    const other = await startApplication()
    const otherOrigin = other.serve('/asks', asking).replace('127.0.0.1', 'localhost')
    const ask = async (from: string, message: string) => {
      const asker = await page.context().newPage()
      await asker.goto(from, { waitUntil: 'load' })
      // Asks until the script of the frame hears it.
      const answer = await asker.evaluate(
        async ([origin, text]) => {
          const heard = (globalThis as unknown as { answers?: string[] }).answers
          const answers: string[] = heard ?? []
          addEventListener('message', (event) => answers.push(event.data))
          for (let times = 0; times < 100 && answers.length === 0; times++) {
            document.querySelector('iframe')?.contentWindow?.postMessage(text, origin as string)
            await new Promise((passed) => setTimeout(passed, 100))
          }
          return answers[0]
        },
        [stage.issuer, message],
      )
      await asker.close()
      return answer
    }
    expect(await ask(here, `${client_id} ${session_state}`)).toBe('unchanged')
    expect(await ask(here, `another-client ${session_state}`)).toBe('changed')
    expect(await ask(here, 'nonsense')).toBe('error')
    // Attack: a page that got hold of the value asks with it.
    expect(await ask(otherOrigin, `${client_id} ${session_state}`)).toBe('changed')
    // Where the browser hides the cookie nothing is said: `changed` would sign people out.
    expect(await ask(otherSite, `${client_id} ${session_state}`)).toBe('error')

    const elsewhere = await page.context().newPage()
    await elsewhere.goto(`${stage.issuer}/logout`)
    await elsewhere.getByRole('button', { name: 'Sign out' }).click()
    await elsewhere.getByRole('heading', { name: 'You are signed out' }).waitFor()
    expect(await ask(here, `${client_id} ${session_state}`)).toBe('changed')
    await other.close()
  })

  const looks: Readonly<Record<string, BrowserContextOptions>> = {
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    phone: { viewport: { width: 360, height: 640 } },
    rtl: { locale: 'ar' },
  }
  test('the page that goes on is accessible and fits, light, dark, on a phone and from right to left', async () => {
    const { client_id } = await addFramed('<!doctype html>')
    const page = await openPage()
    const { id_token } = await signIn(page, client_id)
    const cookies = await page.context().cookies()
    const context = await stage.browser.newContext()
    await context.addCookies(cookies)
    // Signed out once: the page is kept, without the refresh that would lead on.
    const first = await context.newPage()
    const html = (await (await first.request.get(logoutUrl(id_token))).text()).replace(
      /<meta http-equiv[^>]*>/,
      '',
    )
    for (const [name, options] of Object.entries(looks)) {
      const shown = await openPage({ ...options, javaScriptEnabled: true, bypassCSP: true })
      const inLanguage = name === 'rtl' ? html.replace('lang="en" dir="ltr"', 'lang="ar" dir="rtl"') : html
      const without = inLanguage.replace(/<script[^>]*><\/script>/, '')
      await shown.route('**/oidc/logout*', (route) =>
        route.fulfill({ body: without, contentType: 'text/html' }),
      )
      await shown.goto(`${stage.issuer}/oidc/logout?kept`)
      await shown.getByRole('link', { name: 'Continue' }).waitFor()
      await checkLook(shown, `signed-out-going-on-${name}`)
    }
  })
})
