/** The browser package of the SDK in Chromium, against a whole Authly. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium } from '../chromium.ts'
import { openStage, type Stage } from '../stage.ts'
import { type BrowserApplication, type PageGlobals, startBrowserApplication } from './browser-application.ts'
import { signIn, stateOf, untilState } from './walk.ts'

declare const authly: PageGlobals['authly']

describe.runIf(hasChromium)('the browser package in Chromium', () => {
  let stage: Stage
  let application: BrowserApplication
  let clientId: string
  beforeAll(async () => {
    ;[stage, application] = await Promise.all([openStage(), startBrowserApplication()])
    clientId = await stage.addApplication('Garden Planner', `${application.origin}/callback`, {
      ...{ first_party: true, application_type: 'web', dpop_bound_access_tokens: true },
      post_logout_redirect_uris: [`${application.origin}/`],
    })
    application.configure({ issuer: stage.issuer, clientId })
  })
  afterAll(async () => {
    await application?.close()
    await stage?.close()
  })

  async function openPage(path = '/'): Promise<Page> {
    const context = await stage.browser.newContext({ locale: 'en-US' })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(application.origin + path)
    return page
  }

  test('signs in, goes where it was asked to, and calls an API', async () => {
    const person = await stage.seed.addUser({ profile: { name: 'Browser Person' } })
    const page = await openPage('/?from=here')
    page.on('console', (m) => console.log('CONSOLE', m.text()))
    await signIn(page, person, { returnTo: '/orders?page=2' })
    expect(page.url()).toBe(`${application.origin}/orders?page=2`)
    expect(await stateOf(page)).toMatchObject({ status: 'signed_in', user: { sub: person.id } })
    const answer = await page.evaluate(
      async (issuer) => (await authly.fetch(`${issuer}/oidc/userinfo`)).json(),
      stage.issuer,
    )
    expect(answer).toMatchObject({ sub: person.id, name: 'Browser Person' })
    await page.reload()
    await untilState(page, 'signed_in')
    const tokens = await page.evaluate(async () => [
      await authly.getAccessToken(),
      await authly.getAccessToken({ forceRefresh: true }),
    ])
    expect(tokens[0]).not.toBe(tokens[1])
    await page.evaluate(() => authly.signOut({ returnTo: '/bye' }))
    await page.waitForURL(`${application.origin}/bye`)
    await untilState(page, 'signed_out')
  })
})
