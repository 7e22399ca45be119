import type { Browser, Page } from 'playwright-core'
import type { Seed } from '../../conformance/seed.ts'

export interface Scene {
  readonly browser: Browser
  readonly seed: Seed
  readonly issuer: string
  /** The application that the quickstart made. */
  readonly folder: string
}

/** What the reader of a quickstart then sees; throws when it is something else. */
export type Walk = (scene: Scene) => Promise<void>

/**
 * Fills in the hosted pages as a new person of `seed`, and allows what is asked.
 * @param onConsent when the page that asks is there
 */
export async function signIn(
  page: Page,
  { seed }: Pick<Scene, 'seed'>,
  onConsent?: () => Promise<void>,
): Promise<{ readonly username: string }> {
  const person = await seed.addUser()
  await page.getByLabel('Email address or username').fill(person.username)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const allow = page.getByRole('button', { name: 'Allow' })
  await allow.waitFor({ timeout: 5_000 }).then(
    async () => {
      await onConsent?.()
      await allow.click()
    },
    () => undefined, // A first-party application asks for no consent.
  )
  return person
}

/** A web application: the sign-in, what is there for who is signed in, the sign-out; and no script can read the cookie. */
export async function signInAndOut(
  scene: Pick<Scene, 'browser' | 'seed'>,
  application: {
    readonly home: string
    inside(page: Page, username: string): Promise<void>
  },
): Promise<void> {
  const context = await scene.browser.newContext({ locale: 'en-US' })
  try {
    const page = await context.newPage()
    await page.goto(application.home)
    await page.getByRole('link', { name: 'Sign in' }).click()
    const { username } = await signIn(page, scene)
    await page.waitForURL(application.home)
    const readable = await page.evaluate(() => document.cookie)
    if (readable !== '') throw new Error(`a script can read ${readable}`)
    await application.inside(page, username)
    await page.goto(application.home)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
  } finally {
    await context.close()
  }
}
