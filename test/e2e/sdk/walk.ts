/** What a person does in an application that uses the SDK. */
import type { Page } from 'playwright-core'
import type { AuthState } from '../../../sdk/js/browser/src/index.ts'
import type { SeededUser } from '../../conformance/seed.ts'
import type { PageGlobals } from './browser-application.ts'

declare const authly: PageGlobals['authly']

export const stateOf = (page: Page): Promise<AuthState> =>
  page.evaluate(() => JSON.parse(JSON.stringify(authly.state)) as AuthState)

export const untilState = (page: Page, status: AuthState['status']): Promise<unknown> =>
  page.waitForFunction((wanted) => document.querySelector('output')?.textContent === wanted, status)

/** Begins a sign-in; resolves when the server's page is there. */
export async function leaveForSignIn(page: Page, options: object = {}): Promise<void> {
  await untilState(page, 'signed_out')
  await page.evaluate((asked) => void authly.signIn(asked), options)
  await page.getByLabel('Email address or username').waitFor()
}

export async function fillIn(page: Page, person: SeededUser): Promise<void> {
  await page.getByLabel('Email address or username').fill(person.username)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export async function signIn(page: Page, person: SeededUser, options: object = {}): Promise<void> {
  await leaveForSignIn(page, options)
  await fillIn(page, person)
  await untilState(page, 'signed_in')
}

/** What the server says about the person, asked with the page's token. */
export const userInfo = (page: Page, issuer: string): Promise<unknown> =>
  page.evaluate(async (address) => (await authly.fetch(address)).json(), `${issuer}/oidc/userinfo`)
