/**
 * The page at the end of a sign-in on the command line, as people see it. With AUTHLY_SCREENSHOTS=<folder> it also leaves
 * pictures to look at.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LoopbackListener, listenOnLoopback } from '../../cli/auth/loopback-listener.ts'
import { checkLook } from './check-look.ts'
import { hasChromium, launchChromium } from './chromium.ts'

const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1024, height: 768 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1024, height: 768 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 320, height: 640 } },
  { name: 'phone-dark', colorScheme: 'dark', viewport: { width: 390, height: 760 } },
] as const

const markup = '<img src=x onerror="document.title=1"><script>document.title=1</script>'

describe.runIf(hasChromium)('the loopback page of the command line', () => {
  let browser: Browser
  let listener: LoopbackListener
  beforeAll(async () => {
    browser = await launchChromium()
    listener = await listenOnLoopback(async ({ searchParams }) => {
      if (searchParams.get('state') !== 'ours') return 'not_ours'
      const error = searchParams.get('error_description')
      return error === null ? 'signed_in' : { refused: error }
    })
  })
  afterAll(async () => {
    listener?.stop()
    await browser?.close()
  })

  test.each(looks)('looks like the hosted pages: $name', async ({ name: look, ...options }) => {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      // What it is: a refusal has status 400.
      if (!message.text().includes('400 (Bad Request)')) complaints.push(message.text())
    })
    const outside: string[] = []
    page.on('request', (request) => {
      const { pathname } = new URL(request.url())
      // Of its own accord: no page asks for it.
      if (pathname !== '/callback' && pathname !== '/favicon.ico') outside.push(request.url())
    })
    const see = async (query: Record<string, string>, title: string) => {
      const answer = await page.goto(`${listener.redirectUri}?${new URLSearchParams(query)}`)
      expect(answer?.status()).toBe(title === 'You are signed in' ? 200 : 400)
      expect(await page.getByRole('heading').textContent()).toBe(title)
      expect(await page.locator('.lead').textContent()).toContain('You can close this window.')
      // The styles are allowed by their hash.
      expect(await page.locator('.frame').evaluate((each) => getComputedStyle(each).maxWidth)).not.toBe(
        'none',
      )
    }
    await see({ state: 'ours', code: 'c' }, 'You are signed in')
    await checkLook(page, `cli-signed-in-${look}`)
    const why = 'the person did not agree.'
    await see({ state: 'ours', error: 'access_denied', error_description: why }, 'You are not signed in')
    expect(await page.locator('.summary').textContent()).toBe('The person did not agree.')
    await checkLook(page, `cli-refused-${look}`)
    await see({ state: 'guessed', code: 'c' }, 'Not expected')
    await checkLook(page, `cli-not-ours-${look}`)
    expect([complaints, outside]).toEqual([[], []])
    await context.close()
  })

  test('attack: what the server says about its refusal is text, whatever is in it', async () => {
    const page = await browser.newPage()
    const query = new URLSearchParams({ state: 'ours', error: 'x', error_description: markup })
    await page.goto(`${listener.redirectUri}?${query}`)
    expect(await page.locator('.summary').textContent()).toBe(markup)
    expect(await page.locator('img, script').count()).toBe(0)
    expect(await page.title()).toBe('You are not signed in – Authly')
    await page.close()
  })

  test('attack: a foreign answer puts no words of its own on the page', async () => {
    const page = await browser.newPage()
    await page.goto(`${listener.redirectUri}?state=guessed&error=x&error_description=Call+us+at+once`)
    expect(await page.content()).not.toContain('Call us')
    await page.close()
  })
})
