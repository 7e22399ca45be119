/** The browser package of the SDK in Chromium, against a whole Authly: what people do. */

import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { demoResource } from '../../conformance/seed.ts'
import { hasChromium, launchChromium } from '../chromium.ts'
import type { PageGlobals } from './browser-application.ts'
import { openSdkStage, type SdkStage } from './sdk-stage.ts'
import { fillIn, leaveForSignIn, signIn, stateOf, untilState, userInfo } from './walk.ts'

declare const authly: PageGlobals['authly']
declare const sdk: PageGlobals['sdk']

describe.runIf(hasChromium)('the browser package in Chromium', () => {
  let stage: SdkStage
  beforeAll(async () => {
    stage = await openSdkStage()
  })
  afterAll(() => stage?.close())
  beforeEach(() => stage.register())
  afterEach(async () => {
    for (const context of stage.browser.contexts()) await context.close()
  })

  const codesRedeemed = () =>
    stage.network.tokenRequests.filter(
      ({ grantType, status }) => grantType === 'authorization_code' && status === 200,
    ).length

  test('signs in, goes where it was asked to, calls an API, survives a reload, refreshes, signs out', async () => {
    const person = await stage.seed.addUser({ profile: { name: 'Browser Person' } })
    const page = await stage.openPage('/?from=here')
    await signIn(page, person, { returnTo: '/orders?page=2#last' })
    expect(page.url()).toBe(`${stage.application.origin}/orders?page=2#last`)
    expect(await stateOf(page)).toMatchObject({ status: 'signed_in', user: { sub: person.id } })
    expect(await userInfo(page, stage.issuer)).toMatchObject({ sub: person.id, name: 'Browser Person' })
    await page.reload()
    await untilState(page, 'signed_in')
    expect(codesRedeemed()).toBe(1)
    const tokens = await page.evaluate(async () => [
      await authly.getAccessToken(),
      await authly.getAccessToken({ forceRefresh: true }),
    ])
    expect(tokens[0]).not.toBe(tokens[1])
    expect(await userInfo(page, stage.issuer)).toMatchObject({ sub: person.id })
    await page.evaluate(() => authly.signOut({ returnTo: '/bye' }))
    await page.waitForURL(`${stage.application.origin}/bye`)
    await untilState(page, 'signed_out')
    // The server's session is over too.
    await leaveForSignIn(page)
  })

  test('without returnTo the person is where the sign-in was begun', async () => {
    const page = await stage.openPage('/garden?bed=3')
    await signIn(page, await stage.seed.addUser())
    expect(page.url()).toBe(`${stage.application.origin}/garden?bed=3`)
  })

  test('a sign-in shows in all tabs, and so does a sign-out, which ends the tokens', async () => {
    const context = await stage.openContext()
    const here = await stage.openPage('/', context)
    const there = await stage.openPage('/', context)
    await signIn(here, await stage.seed.addUser())
    await untilState(there, 'signed_in')
    const token = await there.evaluate(() => authly.getAccessToken())
    expect(token).toBe(await here.evaluate(() => authly.getAccessToken()))
    await there.evaluate(() => authly.signOut())
    await untilState(here, 'signed_out')
    expect(await stateOf(here)).toMatchObject({ reason: 'signed_out' })
    const refusal = await here.evaluate(() => authly.getAccessToken().catch((error) => error.code))
    expect(refusal).toBe('signed_out')
    await here.reload()
    await untilState(here, 'signed_out')
  })

  test('with everywhere: false the page stays, and the server’s session too', async () => {
    const page = await stage.openPage('/garden')
    await signIn(page, await stage.seed.addUser())
    await page.evaluate(() => authly.signOut({ everywhere: false }))
    await untilState(page, 'signed_out')
    expect(page.url()).toBe(`${stage.application.origin}/garden`)
    expect(stage.network.addresses.filter((address) => address.endsWith('/oauth/revoke'))).not.toEqual([])
    await page.evaluate(() => authly.signIn())
    await untilState(page, 'signed_in')
  })

  test('a policy of the page that forbids the form of a sign-out leads to the server’s question', async () => {
    const page = await stage.openPage()
    await signIn(page, await stage.seed.addUser())
    stage.application.headers['content-security-policy'] = "form-action 'self'"
    await page.reload()
    await untilState(page, 'signed_in')
    await page.evaluate(() => authly.signOut())
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${stage.application.origin}/`)
    delete stage.application.headers['content-security-policy']
  })

  test('tabs sign in at the same time, each with its own attempt; the last one counts', async () => {
    const context = await stage.openContext()
    const [one, two] = [await stage.openPage('/one', context), await stage.openPage('/two', context)]
    await Promise.all([leaveForSignIn(one), leaveForSignIn(two)])
    await fillIn(one, await stage.seed.addUser())
    await untilState(one, 'signed_in')
    expect(one.url()).toBe(`${stage.application.origin}/one`)
    const before = await one.evaluate(() => authly.getAccessToken())
    // The server knows the person by now.
    await two.reload()
    await untilState(two, 'signed_in')
    expect(two.url()).toBe(`${stage.application.origin}/two`)
    await one.waitForFunction(async (token) => (await authly.getAccessToken()) !== token, before)
    expect(await two.evaluate(() => authly.getAccessToken())).toBe(
      await one.evaluate(() => authly.getAccessToken()),
    )
    // The one that it took the place of is over at the server.
    const revoked = stage.network.addresses.filter((address) => address === 'POST /oauth/revoke')
    expect(revoked.length).toBeGreaterThan(0)
  })

  test('back from the server’s page finds the application as it was', async () => {
    const page = await stage.openPage('/garden')
    await leaveForSignIn(page)
    await page.goBack()
    await untilState(page, 'signed_out')
    await signIn(page, await stage.seed.addUser())
    expect(page.url()).toBe(`${stage.application.origin}/garden`)
  })

  test('back after a sign-in leads to no code', async () => {
    const page = await stage.openPage('/start')
    await signIn(page, await stage.seed.addUser(), { returnTo: '/inside' })
    await page.goBack()
    await page.goForward()
    await untilState(page, 'signed_in')
    expect(page.url()).toBe(`${stage.application.origin}/inside`)
    expect(codesRedeemed()).toBeGreaterThan(0)
    expect((await stateOf(page)) as object).not.toHaveProperty('error')
  })

  test('a person who says no is told so, and nothing else happens', async () => {
    await stage.register({}, { first_party: false })
    const page = await stage.openPage('/garden')
    await leaveForSignIn(page)
    await fillIn(page, await stage.seed.addUser())
    await page.getByRole('button', { name: 'Deny' }).click()
    await untilState(page, 'signed_out')
    const error = await page.evaluate(() => {
      const { state } = authly
      return state.status === 'signed_out' ? state.error?.code : undefined
    })
    expect(error).toBe('access_denied')
    expect(page.url()).toBe(`${stage.application.origin}/garden`)
  })

  test('offline nothing ends: a token that is good goes on, a refresh fails, and later does not', async () => {
    await stage.register({ replayWindowSeconds: 1 })
    const page = await stage.openPage()
    await signIn(page, await stage.seed.addUser())
    await page.context().setOffline(true)
    expect(await page.evaluate(() => authly.getAccessToken())).toMatch(/^eyJ/)
    const failed = () =>
      page.evaluate(() => authly.getAccessToken({ forceRefresh: true }).catch((error) => error.code))
    expect(await failed()).toBe('network_error')
    expect(await stateOf(page)).toMatchObject({ status: 'signed_in' })
    await page.context().setOffline(false)
    expect(await failed()).toMatch(/^eyJ/)
  })

  test('an administrator ends the session: the next refresh says so, in all tabs', async () => {
    const person = await stage.seed.addUser()
    const context = await stage.openContext()
    const [here, there] = [await stage.openPage('/', context), await stage.openPage('/', context)]
    await signIn(here, person)
    await untilState(there, 'signed_in')
    // From another browser, by the account page.
    const elsewhere = await stage.openContext()
    const account = await elsewhere.newPage()
    await account.goto(`${stage.issuer}/login`)
    await fillIn(account, person)
    await account.goto(`${stage.issuer}/account/sessions`)
    await account.getByRole('button', { name: /^Sign out .*Chrome, Linux/ }).click()
    await account.getByRole('status').waitFor()
    const refusal = await here.evaluate(
      (address) => authly.fetch(address).catch((error) => error.code),
      `${stage.issuer}/oidc/userinfo`,
    )
    expect(refusal).toBe('signed_out')
    await untilState(there, 'signed_out')
    expect(await stateOf(there)).toMatchObject({ reason: 'session_ended' })
  })

  test('a page that comes out of the cache of the browser reads again who is there (bfcache)', async () => {
    // Playwright switches that cache off.
    const browser = await launchChromium([], ['--disable-back-forward-cache'])
    const context = await browser.newContext({ locale: 'en-US' })
    const page = await stage.openPage('/', context)
    await signIn(page, await stage.seed.addUser())
    await page.evaluate(() => {
      Object.assign(globalThis, { isThatPage: true })
      addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted }))
    })
    await page.goto(`${stage.application.origin}/elsewhere?idle`)
    await page.goBack({ waitUntil: 'commit' })
    const seen = () =>
      page.evaluate(() => [Reflect.get(globalThis, 'isThatPage'), Reflect.get(globalThis, 'persisted')])
    // It is as it was left: neither locks nor channels keep it out of the cache.
    expect(await seen()).toEqual([true, true])
    expect(await page.evaluate(() => authly.getAccessToken({ forceRefresh: true }))).toMatch(/^eyJ/)
    await page.goto(`${stage.application.origin}/elsewhere?idle`)
    const other = await stage.openPage('/', context)
    await untilState(other, 'signed_in')
    await other.evaluate(() => authly.signOut({ everywhere: false }))
    await page.goBack({ waitUntil: 'commit' })
    await untilState(page, 'signed_out')
    await browser.close()
  })

  test('a sign-out does not wait for a refresh, and what that brings is over too', async () => {
    const page = await stage.openPage()
    await signIn(page, await stage.seed.addUser())
    const revocations = () => stage.network.addresses.filter((each) => each === 'POST /oauth/revoke').length
    const before = revocations()
    stage.network.decide(() => 'late')
    const asked = page.waitForRequest(`${stage.issuer}/oauth/token`)
    const refreshed = page.evaluate(() =>
      authly.getAccessToken({ forceRefresh: true }).catch((error) => error.code),
    )
    await asked
    await page.evaluate(() => authly.signOut({ everywhere: false }))
    expect(await refreshed).toBe('signed_out')
    expect(await stateOf(page)).toMatchObject({ status: 'signed_out', reason: 'signed_out' })
    stage.network.decide(() => 'arrives')
    // Of the refresh token that was kept, which ends all of its family: the refresh is refused, or revoked in its turn.
    expect(revocations()).toBeGreaterThan(before)
    await page.reload()
    await untilState(page, 'signed_out')
  })

  test('a server that wants requests pushed gets them so (RFC 9126)', async () => {
    await stage.register({}, { require_pushed_authorization_requests: true })
    const page = await stage.openPage()
    await page.route('**/.well-known/openid-configuration', async (route) => {
      const response = await route.fetch()
      const json = { ...((await response.json()) as object), require_pushed_authorization_requests: true }
      await route.fulfill({ response, json })
    })
    const request = page.waitForRequest('**/oauth/authorize*')
    await signIn(page, await stage.seed.addUser())
    expect([...new URL((await request).url()).searchParams.keys()]).toEqual(['client_id', 'request_uri'])
  })

  test('each API gets a token of its own, and userinfo too (RFC 8707)', async () => {
    await stage.register({ resource: demoResource, scope: 'openid profile demo:read' })
    const page = await stage.openPage()
    const person = await stage.seed.addUser()
    await signIn(page, person)
    const audienceOf = async (resource?: string) => {
      const asked = resource === undefined ? {} : { resource }
      return decodeJwt(await page.evaluate((options) => authly.getAccessToken(options), asked)).aud
    }
    expect(await audienceOf()).toBe(demoResource)
    expect(await userInfo(page, stage.issuer)).toMatchObject({ sub: person.id })
    expect(await audienceOf(stage.issuer)).toBe(stage.issuer)
    expect(await audienceOf()).toBe(demoResource)
    const refused = await page.evaluate(() =>
      authly.getAccessToken({ resource: 'https://elsewhere.example' }).catch((error) => error.code),
    )
    expect(refused).toBe('invalid_target')
    expect(await stateOf(page)).toMatchObject({ status: 'signed_in' })
  })

  describe('a browser that is not as usual', () => {
    test('without IndexedDB (private browsing) the session lives in the page', async () => {
      const context = await stage.openContext()
      await context.addInitScript(() => {
        IDBFactory.prototype.open = () => {
          throw new DOMException('blocked', 'SecurityError')
        }
      })
      const page = await stage.openPage('/', context)
      const person = await stage.seed.addUser()
      await signIn(page, person)
      expect(await userInfo(page, stage.issuer)).toMatchObject({ sub: person.id })
      await page.reload()
      await untilState(page, 'signed_out')
      // The server still knows the person.
      await page.evaluate(() => authly.signIn({ prompt: 'none' }))
      await untilState(page, 'signed_in')
    })

    test('storage: memory leaves nothing behind, and still hears of a sign-out', async () => {
      await stage.register({ storage: 'memory' })
      const context = await stage.openContext()
      const [here, there] = [await stage.openPage('/', context), await stage.openPage('/', context)]
      await signIn(here, await stage.seed.addUser())
      await there.evaluate(() => authly.signIn())
      await untilState(there, 'signed_in')
      expect(await here.evaluate(async () => (await indexedDB.databases()).length)).toBe(0)
      await there.evaluate(() => authly.signOut({ everywhere: false }))
      await untilState(here, 'signed_out')
    })

    test.each([-3_600, 3_600])('whose clock is wrong by %i s makes proofs that are good', async (seconds) => {
      const context = await stage.openContext()
      await context.addInitScript((wrong) => {
        const { now } = Date
        Date.now = () => now() + wrong * 1000
      }, seconds)
      const page = await stage.openPage('/', context)
      const person = await stage.seed.addUser()
      await signIn(page, person)
      expect(await userInfo(page, stage.issuer)).toMatchObject({ sub: person.id })
      await page.reload()
      await untilState(page, 'signed_in')
      expect(await userInfo(page, stage.issuer)).toMatchObject({ sub: person.id })
    })
  })

  describe('fetch', () => {
    async function openApi(answer: (attempt: number) => { status: number; headers: Record<string, string> }) {
      const page = await stage.openPage()
      await signIn(page, await stage.seed.addUser())
      const attempts: Record<string, string>[] = []
      await page.route('**/api/orders', async (route) => {
        attempts.push(await route.request().allHeaders())
        const { status, headers } = answer(attempts.length)
        await route.fulfill({ status, headers, body: route.request().postData() ?? '' })
      })
      const call = () =>
        page.evaluate(async () => {
          try {
            const response = await authly.fetch('/api/orders', { method: 'POST', body: 'one order' })
            return { status: response.status, text: await response.text() }
          } catch (error) {
            const { name, code, acrValues, maxAge } = error as InstanceType<typeof sdk.StepUpRequired>
            return { name, code, acrValues, maxAge }
          }
        })
      return { page, attempts, call }
    }
    const challenge = (text: string) => ({ 'www-authenticate': text })

    test('repeats once with the nonce that is asked for (RFC 9449 §9)', async () => {
      const { call, attempts } = await openApi((attempt) =>
        attempt === 1
          ? {
              status: 401,
              headers: { ...challenge('DPoP error="use_dpop_nonce"'), 'dpop-nonce': 'of-the-api' },
            }
          : { status: 200, headers: {} },
      )
      expect(await call()).toEqual({ status: 200, text: 'one order' })
      const claims = attempts.map(({ dpop = '' }) =>
        JSON.parse(Buffer.from(dpop.split('.')[1] ?? '', 'base64url').toString()),
      )
      expect(claims).toMatchObject([
        { htm: 'POST' },
        { nonce: 'of-the-api', htu: `${stage.application.origin}/api/orders` },
      ])
      expect(claims[0].jti).not.toBe(claims[1].jti)
      expect(attempts[0]?.['authorization']).toBe(attempts[1]?.['authorization'])
    })

    test('repeats once with a new token, and no more', async () => {
      const { call, attempts } = await openApi(() => ({
        status: 401,
        headers: challenge('DPoP error="invalid_token"'),
      }))
      expect(await call()).toMatchObject({ status: 401 })
      expect(attempts).toHaveLength(2)
      expect(attempts[0]?.['authorization']).toMatch(/^DPoP eyJ/)
      expect(attempts[1]?.['authorization']).toMatch(/^DPoP eyJ/)
      expect(attempts[0]?.['authorization']).not.toBe(attempts[1]?.['authorization'])
    })

    test('says that another sign-in is needed, which signIn takes (RFC 9470)', async () => {
      const asked =
        'DPoP error="insufficient_user_authentication", acr_values="urn:authly:mfa other", max_age="60"'
      const { page, call, attempts } = await openApi(() => ({ status: 401, headers: challenge(asked) }))
      expect(await call()).toEqual({
        ...{ name: 'StepUpRequired', code: 'insufficient_user_authentication' },
        ...{ acrValues: ['urn:authly:mfa', 'other'], maxAge: 60 },
      })
      expect(attempts).toHaveLength(1)
      const request = page.waitForRequest('**/oauth/authorize*')
      await page.evaluate(() => authly.fetch('/api/orders').catch((error) => authly.signIn(error)))
      const { searchParams } = new URL((await request).url())
      expect([searchParams.get('acr_values'), searchParams.get('max_age')]).toEqual([
        'urn:authly:mfa other',
        '60',
      ])
    })

    test('an answer that is no refusal is left alone', async () => {
      const { call, attempts } = await openApi(() => ({ status: 503, headers: {} }))
      expect(await call()).toMatchObject({ status: 503 })
      expect(attempts).toHaveLength(1)
    })
  })
})
