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

/** Fills in the hosted pages as a new person of `seed`, and allows what is asked. */
export async function signIn(
  page: Page,
  { seed }: Pick<Scene, 'seed'>,
): Promise<{ readonly username: string }> {
  const person = await seed.addUser()
  await page.getByLabel('Email address or username').fill(person.username)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const allow = page.getByRole('button', { name: 'Allow' })
  await allow.waitFor({ timeout: 5_000 }).then(
    () => allow.click(),
    () => undefined, // A first-party application asks for no consent.
  )
  return person
}
