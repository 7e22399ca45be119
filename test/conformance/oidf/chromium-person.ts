/** The person in a real browser, for modules whose pages run scripts that the suite's own browser does not know. */
import type { Page } from 'playwright-core'
import { launchChromium } from '../../e2e/chromium.ts'
import type { TestedServer } from './server.ts'

export type Person = {
  /** Does what a page of ours asks for, until the browser is back at the suite. */
  visit(url: string): Promise<void>
  close(): Promise<void>
}

export async function openPerson({ issuer, person }: TestedServer): Promise<Person> {
  const browser = await launchChromium()
  // Suite and proxy have certificates of their own making.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-US' })
  const page = await context.newPage()
  const acts: readonly ((page: Page) => Promise<boolean>)[] = [
    fill('input[name=identifier]:not([readonly])', person.username),
    fill('input[name=password]', person.password),
    press('button[value=allow]'),
    press('form[action="/oidc/logout/confirm"] button[type=submit]'),
  ]
  return {
    visit: async (url) => {
      await page.goto(url)
      for (let pages = 0; pages < 8 && page.url().startsWith(issuer); pages++) {
        for (const act of acts) if (await act(page)) break
      }
      await page.waitForLoadState('networkidle')
    },
    close: () => browser.close(),
  }
}

const fill = (selector: string, text: string) => async (page: Page) => {
  const field = page.locator(selector)
  if (!(await field.isVisible())) return false
  await field.fill(text)
  await Promise.all([page.waitForEvent('load'), field.press('Enter')])
  return true
}

const press = (selector: string) => async (page: Page) => {
  const button = page.locator(selector)
  if (!(await button.isVisible())) return false
  await Promise.all([page.waitForEvent('load'), button.click()])
  return true
}
