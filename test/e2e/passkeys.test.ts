/** Passkeys in Chromium with virtual authenticators: on the account page, at sign-in, and when something is not right. */
import { decodeJwt } from 'jose'
import { type TOTP, URI } from 'otpauth'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SeededUser } from '../conformance/seed.ts'
import { addAuthenticator, type Kind, syncPasskeys } from './authenticator.ts'
import { hasChromium } from './chromium.ts'
import { openStage, type Stage } from './stage.ts'

interface Options {
  readonly javaScriptEnabled?: boolean
  /** Virtual authenticators answer the autofill at once; without it the button is what signs in. */
  readonly hasAutofill?: boolean
}

let stage: Stage

const openPage = async ({ hasAutofill = false, ...options }: Options = {}): Promise<Page> => {
  const page = await (await stage.browser.newContext({ locale: 'en-US', ...options })).newPage()
  page.setDefaultTimeout(15_000)
  if (!hasAutofill) {
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = async () => false
    })
  }
  return page
}

/** From the page that refused a passkey. */
const tryAnotherWay = (page: Page) => page.locator('nav.alternatives a').first().click()

/** From the first page of a sign-in. */
async function typePassword(page: Page, { username, password }: SeededUser): Promise<void> {
  await page.getByLabel('Email address or username').fill(username)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function signIn(page: Page, person: SeededUser): Promise<void> {
  await page.goto(`${stage.issuer}/login`)
  await typePassword(page, person)
  await page.waitForURL('**/account')
}

const passkeyButton = (page: Page) => page.locator('button[data-passkey-button]')

/** Signs in by the button, and returns whose account that is. */
async function signInWithPasskey(page: Page): Promise<string> {
  await page.goto(`${stage.issuer}/login`)
  await passkeyButton(page).click()
  await page.waitForURL('**/account')
  return (await page.locator('dl').textContent()) ?? ''
}

const signOut = async (page: Page): Promise<void> => {
  await page.goto(`${stage.issuer}/logout`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
}

async function add(page: Page): Promise<void> {
  await page.goto(`${stage.issuer}/account/passkeys`)
  await passkeyButton(page).click()
  await page.getByText('Your passkey has been added').waitFor()
}

/** Somebody who is signed in with a password and has a passkey. */
async function withPasskey(kind: Kind = 'platform', options: Options = {}) {
  const person = await stage.seed.addUser()
  const page = await openPage(options)
  const authenticator = await addAuthenticator(page, kind)
  await signIn(page, person)
  await add(page)
  return { person, page, authenticator }
}

describe.runIf(hasChromium)('passkeys in Chromium', () => {
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage?.close())

  test.each([
    ['platform', 'synced'],
    ['roaming', 'on one device'],
  ] as const)(
    'one in a %s authenticator is added, listed, and signs in without a name',
    async (kind, kept) => {
      const { person, page, authenticator } = await withPasskey(kind)
      const section = page.locator('section', { has: page.getByRole('heading', { name: 'Passkeys' }) })
      expect(await section.textContent()).toContain(kept)
      expect(await section.textContent()).toContain('Not used yet')
      const [stored] = await authenticator.credentials()
      // What authenticators keep says nothing about the person (§14.6.1).
      expect(atob(stored?.userHandle ?? '')).not.toContain(person.username)
      await signOut(page)
      expect(await signInWithPasskey(page)).toContain(person.username)
      await page.context().close()
    },
  )

  test('where one was used, it is asked for before the password, which stays a way on', async () => {
    const { person, page } = await withPasskey()
    await signOut(page)
    await signInWithPasskey(page)
    await signOut(page)
    const name = async () => {
      await page.goto(`${stage.issuer}/login`)
      await page.getByLabel('Email address or username').fill(person.username)
      await page.getByRole('button', { name: 'Continue' }).click()
    }
    await name()
    await passkeyButton(page).click()
    await page.waitForURL('**/account')
    await signOut(page)
    await name()
    await tryAnotherWay(page)
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL('**/account')
    await page.context().close()
  })

  test('the autofill of the name signs in, for an application that needs consent', async () => {
    const { page } = await withPasskey('platform', { hasAutofill: true })
    await signOut(page)
    const client = await stage.addApplication('Garden Planner')
    await page.goto(stage.authorizeUrl(client))
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL((url) => url.origin === stage.application.home)
    expect(new URL(page.url()).searchParams.get('code')).toBeTruthy()
    await page.context().close()
  })

  test('two accounts on one device: each passkey signs in to its own', async () => {
    const { person: ann, page, authenticator } = await withPasskey()
    const [first] = await authenticator.credentials()
    await signOut(page)
    const bob = await stage.seed.addUser()
    await signIn(page, bob)
    await add(page)
    expect(await authenticator.credentials()).toHaveLength(2)
    await signOut(page)
    await authenticator.forget(first?.credentialId ?? '')
    expect(await signInWithPasskey(page)).toContain(bob.username)
    expect(ann.username).not.toBe(bob.username)
    await page.context().close()
  })

  test('several of one account: the first opens the page for the second, which has a name of its own', async () => {
    const { page, authenticator } = await withPasskey('platform')
    await page.goto(`${stage.issuer}/account/passkeys`)
    // The password alone is not as strong as a passkey.
    await passkeyButton(page).click()
    await page.waitForURL('**/account/passkeys')
    await passkeyButton(page).click()
    await page.getByText('already has a passkey').waitFor()
    const key = await addAuthenticator(page, 'roaming')
    await authenticator.remove()
    await passkeyButton(page).click()
    await page.getByText('Your passkey has been added').waitFor()
    expect(await key.credentials()).toHaveLength(1)
    await page.goto(`${stage.issuer}/account/passkeys`)
    await page.locator('#name-1').fill('Blue security key')
    await page
      .getByRole('button', { name: /^Save name/ })
      .first()
      .click()
    await page.getByText('The name has been saved').waitFor()
    await page.getByText('Blue security key').waitFor()
    expect(await page.locator('section', { hasText: 'Passkeys' }).locator('li strong').count()).toBe(2)
    await page.context().close()
  })

  test('a ceremony that the person cancels is said, and the password is a way on', async () => {
    const { person, page, authenticator } = await withPasskey()
    await signOut(page)
    await authenticator.verify(false)
    await page.goto(`${stage.issuer}/login`)
    await passkeyButton(page).click()
    await page.getByText('No passkey was used').waitFor()
    await typePassword(page, person)
    await page.waitForURL('**/account')
    await page.context().close()
  })

  test('one that was removed elsewhere is refused at once, with help, and the other browser has forgotten it', async () => {
    const { person, page, authenticator } = await withPasskey()
    await signOut(page)
    const elsewhere = await openPage()
    const other = await addAuthenticator(elsewhere, 'platform')
    await syncPasskeys(authenticator, other)
    await signInWithPasskey(elsewhere)
    await elsewhere.goto(`${stage.issuer}/account/passkeys`)
    await elsewhere.getByRole('button', { name: /^Remove passkey/ }).click()
    await elsewhere.getByText('The passkey has been removed').waitFor()
    // signalAllAcceptedCredentials.
    await expect.poll(() => other.credentials()).toEqual([])
    await page.goto(`${stage.issuer}/login`)
    await passkeyButton(page).click()
    await page
      .getByRole('alert')
      .filter({ hasText: /passkey/i })
      .first()
      .waitFor()
    await tryAnotherWay(page)
    await typePassword(page, person)
    await page.waitForURL('**/account')
    await page.goto(`${stage.issuer}/account/security`)
    await expect.poll(() => authenticator.credentials()).toEqual([])
    await Promise.all([page, elsewhere].map((one) => one.context().close()))
  })

  test('one that the server does not know is refused with help, and forgotten (signalUnknownCredential)', async () => {
    const { person, page, authenticator } = await withPasskey()
    await signOut(page)
    await stage.seed.database.query('DELETE FROM passkeys WHERE user_id = $1', [person.id])
    await page.goto(`${stage.issuer}/login`)
    await passkeyButton(page).click()
    await page
      .getByRole('alert')
      .filter({ hasText: /passkey/i })
      .first()
      .waitFor()
    await expect.poll(() => authenticator.credentials()).toEqual([])
    await tryAnotherWay(page)
    await typePassword(page, person)
    await page.waitForURL('**/account')
    await page.context().close()
  })

  test('reload after the post and the back button add nothing and lead on', async () => {
    const { person, page } = await withPasskey()
    await page.reload()
    await page.getByText('Your passkey has been added').waitFor()
    await page.goBack()
    // The page of before needs a stronger sign-in now.
    await page.getByRole('heading').first().waitFor()
    const { rows } = await stage.seed.database.query(
      'SELECT count(*)::int AS n FROM passkeys WHERE user_id = $1',
      [person.id],
    )
    expect(rows).toEqual([{ n: 1 }])
    await page.context().close()
  })
})

describe.runIf(hasChromium)('without JavaScript', () => {
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage?.close())

  test('sign-in and consent are plain forms, and nothing is shown that does not work', async () => {
    const person = await stage.seed.addUser()
    const client = await stage.addApplication('Garden Planner')
    const page = await openPage({ javaScriptEnabled: false })
    await page.goto(stage.authorizeUrl(client))
    expect(await passkeyButton(page).isVisible()).toBe(false)
    expect(await page.locator('button[data-show-password]').isVisible()).toBe(false)
    await typePassword(page, person)
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL((url) => url.origin === stage.application.home)
    expect(new URL(page.url()).searchParams.get('code')).toBeTruthy()
    await page.goto(`${stage.issuer}/account/passkeys`)
    await page.getByText('Passkeys need JavaScript').waitFor()
    expect(await page.getByRole('button').count()).toBe(0)
    await page.context().close()
  })
})

describe.runIf(hasChromium)('the offer of a passkey after a sign-in with a password', () => {
  beforeAll(async () => {
    stage = await openStage({ settings: { 'sign_in.promote_passkeys': true } })
  })
  afterAll(() => stage?.close())

  const offer = async (page: Page, person: SeededUser) => {
    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    await page.getByRole('heading', { name: 'Sign in faster next time' }).waitFor()
  }

  test('adds one, and goes on to where the person was going', async () => {
    const person = await stage.seed.addUser()
    const client = await stage.addApplication('Garden Planner')
    const page = await openPage()
    const authenticator = await addAuthenticator(page, 'platform')
    await page.goto(stage.authorizeUrl(client))
    await typePassword(page, person)
    await page.getByRole('button', { name: 'Create a passkey' }).click()
    await page.getByRole('button', { name: 'Allow' }).waitFor()
    expect(await authenticator.credentials()).toHaveLength(1)
    // Who has one is not asked again.
    await signOut(page)
    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    await page.waitForURL('**/account')
    await page.context().close()
  })

  test('is put off for this browser, also without JavaScript', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const person = await stage.seed.addUser()
      const page = await openPage({ javaScriptEnabled })
      await offer(page, person)
      await page.getByRole('button', { name: 'Not now' }).click()
      await page.waitForURL('**/account')
      await signOut(page)
      await signIn(page, person)
      const another = await openPage({ javaScriptEnabled })
      await offer(another, person)
      await Promise.all([page, another].map((one) => one.context().close()))
    }
  })

  test('is put off by itself in a browser that has no passkeys', async () => {
    const person = await stage.seed.addUser()
    const page = await openPage()
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'PublicKeyCredential'))
    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    await page.waitForURL('**/account')
    await page.context().close()
  })

  test('says what went wrong, and can be tried again or put off', async () => {
    const person = await stage.seed.addUser()
    const page = await openPage()
    const authenticator = await addAuthenticator(page, 'platform')
    await authenticator.verify(false)
    await offer(page, person)
    await page.getByRole('button', { name: 'Create a passkey' }).click()
    await page.getByText('No passkey was created').waitFor()
    await page.getByRole('button', { name: 'Not now' }).click()
    await page.waitForURL('**/account')
    await page.context().close()
  })

  test('is made unasked where the browser can (conditional create), and waits silently where it refuses', async () => {
    const person = await stage.seed.addUser()
    const client = await stage.addApplication('Garden Planner')
    const page = await openPage()
    const authenticator = await addAuthenticator(page, 'platform')
    // A browser that knows it and has filled in no password: it refuses, as the standard says (§5.1.3).
    await page.addInitScript(() => {
      const asked: unknown[] = []
      Object.assign(window, { asked })
      PublicKeyCredential.getClientCapabilities = async () => ({ conditionalCreate: true })
      const create = navigator.credentials.create.bind(navigator.credentials)
      navigator.credentials.create = async (options) => {
        const { mediation } = options as { mediation?: string }
        asked.push(mediation)
        if (mediation === 'conditional') throw new DOMException('', 'NotAllowedError')
        return create(options)
      }
    })
    await page.goto(stage.authorizeUrl(client))
    await typePassword(page, person)
    await page.getByRole('heading', { name: 'Sign in faster next time' }).waitFor()
    await expect
      .poll(() => page.evaluate(() => (window as unknown as { asked: unknown[] }).asked))
      .toEqual(['conditional'])
    expect(await page.locator('[data-passkey-problem]').isVisible()).toBe(false)
    expect(await authenticator.credentials()).toEqual([])
    await passkeyButton(page).click()
    await page.getByRole('button', { name: 'Allow' }).waitFor()
    expect(await authenticator.credentials()).toHaveLength(1)
    await page.context().close()
  })
})

describe.runIf(hasChromium)('a factor that a sign-in demands', () => {
  beforeAll(async () => {
    stage = await openStage({
      settings: { 'sign_in.second_factor': 'required', 'sign_in.promote_passkeys': true },
    })
  })
  afterAll(() => stage?.close())

  const useApp = (page: Page) => page.getByText('Use an authenticator app instead')

  /** At the page that sets one up, on the way to an application. */
  async function atSetUp(options: Options & { readonly acr?: string; readonly kind?: Kind } = {}) {
    const { acr, kind = 'platform', ...more } = options
    const person = await stage.seed.addUser()
    const client = await stage.addApplication('Garden Planner')
    if (acr !== undefined) {
      await stage.seed.database.query('UPDATE clients SET required_acr_values = $1 WHERE client_id = $2', [
        ...[[acr], client],
      ])
    }
    const page = await openPage(more)
    const authenticator = await addAuthenticator(page, kind)
    await page.goto(stage.authorizeUrl(client))
    await typePassword(page, person)
    await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor()
    return { client, page, authenticator }
  }

  /** Agrees, and redeems the code that the application gets. */
  async function finish(page: Page, client_id: string) {
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL((url) => url.origin === stage.application.home)
    const code = new URL(page.url()).searchParams.get('code') ?? ''
    const answer = await fetch(`${stage.issuer}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', client_id, code },
        redirect_uri: stage.application.redirectUri,
        // Of the challenge in the stage's requests (RFC 7636 Appendix B).
        code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      }),
    })
    const { id_token } = (await answer.json()) as { id_token: string }
    return decodeJwt(id_token)
  }

  test('is a passkey first: made, and the application learns of it', async () => {
    const { client, page, authenticator } = await atSetUp()
    expect(await useApp(page).isVisible()).toBe(true)
    expect(await page.locator('input[name=code]').isVisible()).toBe(false)
    await passkeyButton(page).click()
    expect(await finish(page, client)).toMatchObject({ acr: 'phr', amr: ['pwd', 'swk', 'user', 'mfa'] })
    expect(await authenticator.credentials()).toHaveLength(1)
    await page.goto(`${stage.issuer}/account/passkeys`)
    await page.getByText('Not used yet').waitFor()
    await page.context().close()
  })

  test('is a security key where its key must not leave it', async () => {
    const { client, page } = await atSetUp({ acr: 'phrh', kind: 'roaming' })
    await page.getByText('such as a security key').waitFor()
    expect(await useApp(page).count()).toBe(0)
    await passkeyButton(page).click()
    expect(await finish(page, client)).toMatchObject({ acr: 'phrh', amr: ['pwd', 'hwk', 'user', 'mfa'] })
    await page.context().close()
  })

  test('cancelled, it says so, and can be tried again', async () => {
    const { client, page, authenticator } = await atSetUp()
    await authenticator.verify(false)
    await passkeyButton(page).click()
    await page.getByText('No passkey was created').waitFor()
    expect(await useApp(page).isVisible()).toBe(true)
    await authenticator.verify(true)
    await passkeyButton(page).click()
    expect(await finish(page, client)).toMatchObject({ acr: 'phr' })
    await page.context().close()
  })

  test('is an app without JavaScript, and no passkey is offered on top of it', async () => {
    const { client, page } = await atSetUp({ javaScriptEnabled: false })
    expect(await passkeyButton(page).isVisible()).toBe(false)
    await page.getByText('Passkeys need JavaScript').waitFor()
    await useApp(page).click()
    const uri = (await page.locator('a[href^="otpauth:"]').getAttribute('href')) ?? ''
    await page.locator('input[name=code]').fill('000000')
    await page.locator('form:has(input[name=code]) button[type=submit]').click()
    // The page comes back with what is wrong, and open where it is.
    await page.locator('input[name=code]').fill((URI.parse(uri) as TOTP).generate())
    await page.locator('form:has(input[name=code]) button[type=submit]').click()
    expect(await finish(page, client)).toMatchObject({
      acr: 'urn:authly:acr:mfa',
      amr: ['pwd', 'otp', 'mfa'],
    })
    await page.context().close()
  })
})
