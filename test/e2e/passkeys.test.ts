/** Passkeys in Chromium with a virtual authenticator: on the account page, at sign-in, when something is not right. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SeededUser } from '../conformance/seed.ts'
import { addAuthenticator, type Kind } from './authenticator.ts'
import { hasChromium } from './chromium.ts'
import { openStage, type Stage } from './stage.ts'

describe.runIf(hasChromium)('passkeys on the account page', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage?.close())

  const openPage = async (options: { javaScriptEnabled?: boolean } = {}): Promise<Page> => {
    const page = await (await stage.browser.newContext({ locale: 'en-US', ...options })).newPage()
    page.setDefaultTimeout(15_000)
    return page
  }

  async function signIn(page: Page, { username, password }: SeededUser): Promise<void> {
    await page.goto(`${stage.issuer}/login`)
    await page.getByLabel('Email address or username').fill(username)
    if (!(await page.getByLabel('Password', { exact: true }).isVisible())) {
      await page.getByRole('button', { name: 'Continue' }).click()
    }
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL('**/account')
  }

  const add = async (page: Page) => {
    await page.goto(`${stage.issuer}/account/passkeys`)
    await page.getByRole('button', { name: /^(Create|Add) a passkey/ }).click()
    await page.getByRole('status').waitFor()
  }

  const withPasskey = async (kind: Kind = 'platform') => {
    const person = await stage.seed.addUser()
    const page = await openPage()
    const authenticator = await addAuthenticator(page, kind)
    await signIn(page, person)
    await add(page)
    return { person, page, authenticator }
  }

  test.each([
    ['platform', 'synced'],
    ['roaming', 'on one device'],
  ] as const)('one is added in a %s authenticator, and listed', async (kind, kept) => {
    const { person, page, authenticator } = await withPasskey(kind)
    expect(await page.getByRole('status').textContent()).toContain('has been added')
    await page.goto(`${stage.issuer}/account`)
    const section = page.locator('section', { has: page.getByRole('heading', { name: 'Passkeys' }) })
    expect(await section.textContent()).toContain(kept)
    expect(await section.textContent()).toContain('Not used yet')
    const stored = await authenticator.credentials()
    expect(stored).toHaveLength(1)
    // The identifier in the authenticator says nothing about the person (§14.6.1).
    expect(atob(stored[0]?.userHandle ?? '')).not.toContain(person.username)
    await page.context().close()
  })
})
