/**
 * The guide in Chromium, as the worker's static assets serve it: under its policy, asking nobody else for anything, to be
 * read in light and dark and on a phone, with a search that works.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findDeadLinks, findForbiddenParts } from '../../scripts/guide/check-pages.ts'
import { type RunningStack, startStack } from '../../scripts/stack/start-stack.ts'
import { hasChromium, launchChromium } from './chromium.ts'

const folder = 'public/guide'
const pictures = process.env['AUTHLY_SCREENSHOTS']
const files = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )

/** In the page. @returns what comes of text that is made markup in the oldest way */
const makeMarkup = (): string => {
  try {
    document.createElement('div').innerHTML = '<img src=x onerror=alert(1)>'
    return 'markup'
  } catch (error) {
    return (error as Error).name
  }
}

describe.runIf(hasChromium)('the guide in Chromium', () => {
  let stack: RunningStack
  let browser: Browser
  beforeAll(async () => {
    execFileSync(process.execPath, ['scripts/ensure-guide.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] })
    stack = await startStack({ withAssets: true })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await stack?.stop()
  })

  /** A page, and everything that it should not have done. */
  async function open(path: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext({
      ...{ locale: 'en-US', viewport: { width: 1400, height: 1000 } },
      ...options,
    })
    const offences: string[] = []
    context.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (origin !== stack.issuer && protocol !== 'data:') offences.push(`asked ${request.url()}`)
    })
    context.on('response', (response) => {
      if (response.status() >= 400) offences.push(`${response.status()} ${response.url()}`)
    })
    context.on('weberror', (error) => offences.push(String(error.error())))
    context.on('console', (message) => {
      if (/content security policy|violates|hydration|trusted/i.test(message.text()))
        offences.push(message.text())
    })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    const response = await page.goto(stack.issuer + path, { waitUntil: 'networkidle' })
    return { context, page, offences, headers: response?.headers() ?? {} }
  }

  test('is under a strict policy, and what it loads is its own', async () => {
    const { context, page, offences, headers } = await open('/guide')
    expect(page.url()).toBe(`${stack.issuer}/guide/`)
    const policy = headers['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    })
    // From page to page by its router, which loads them as scripts.
    await page.getByRole('link', { name: 'Start here' }).click()
    await page.waitForURL('**/guide/guide/start.html')
    await page.locator('.VPSidebar').getByRole('link', { name: 'Tokens and claims', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Tokens and claims' }).waitFor()
    await page.getByRole('link', { name: 'Tokens and claims: what is where' }).first().click()
    await page.getByRole('heading', { level: 1, name: 'Tokens and claims: what is where' }).waitFor()
    await page.goto(`${stack.issuer}/guide/`, { waitUntil: 'networkidle' })
    await page.getByRole('link', { name: 'API', exact: true }).click()
    await page.waitForURL(`${stack.issuer}/docs`)
    expect(offences).toEqual([])
    await context.close()
  })

  // Attack: what got into the guide acts as the person who is signed in at the same origin.
  test('makes no markup of text, and reaches no hosted page', async () => {
    const { context, page } = await open('/guide/')
    expect(await page.evaluate(makeMarkup)).toBe('TypeError')
    const ask = (path: string) => page.evaluate(async (where) => (await fetch(where)).status, path)
    expect([await ask('/account'), await ask('/account/sessions')]).toEqual([403, 403])
    for (const path of ['/login', '/account', '/oauth/authorize']) {
      const opened = context.waitForEvent('page')
      await page.evaluate((where) => {
        Object.assign(globalThis, { other: open(where) })
      }, path)
      await (await opened).waitForLoadState()
      const isClosed = await page.evaluate(() => (globalThis as unknown as { other: Window }).other.closed)
      expect([path, isClosed], 'a window that was severed is closed to who opened it').toEqual([path, true])
    }
    await context.close()
  })

  test('finds a page by a word of it, with the keyboard alone', async () => {
    const { context, page, offences } = await open('/guide/')
    await page.keyboard.press('/')
    await page.locator('#localsearch-input').waitFor()
    await page.keyboard.type('advance_seconds')
    const first = page.locator('.VPLocalSearchBox .result').first()
    await first.waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/guide/guide/testing.html*')
    expect(offences).toEqual([])
    await context.close()
  })

  test('follows the system in light and dark, remembers a choice, and shows no other colours first', async () => {
    const { context, page, offences } = await open('/guide/', { colorScheme: 'dark' })
    const isDark = () => page.evaluate(() => document.documentElement.classList.contains('dark'))
    expect(await isDark()).toBe(true)
    // Before any module of the site runs: a script in the head decides.
    await page.route('**/assets/app.*.js', (route) => route.abort())
    await page.reload({ waitUntil: 'domcontentloaded' })
    expect(await isDark()).toBe(true)
    await page.unroute('**/assets/app.*.js')
    await page.reload({ waitUntil: 'networkidle' })
    await page.locator('.VPNavBarAppearance .VPSwitch').click()
    expect(await isDark()).toBe(false)
    await page.reload({ waitUntil: 'networkidle' })
    expect(await isDark()).toBe(false)
    expect(offences).toEqual([])
    await context.close()
  })

  /** Texts that axe measures below WCAG 2.2 AA, and what it misses for who cannot see the page. */
  async function faultsOf(page: Page) {
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(
        { exclude: ['.VPLocalSearchBox'] },
        { runOnly: ['color-contrast', 'link-name', 'heading-order', 'image-alt', 'button-name'] },
      ),
    )
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
  }

  test.each([
    ['/guide/', 'light', 1400],
    ['/guide/', 'dark', 390],
    ['/guide/guide/testing.html', 'light', 390],
    ['/guide/guide/testing.html', 'dark', 1400],
    ['/guide/metrics.html', 'dark', 390],
    ['/guide/architecture.html', 'dark', 390],
    ['/guide/webhooks.html', 'light', 1400],
    ['/guide/logout.html', 'dark', 1400],
  ] as const)(
    '%s in %s, %i pixels wide: every text can be read, nothing is cut off',
    async (path, scheme, width) => {
      const { context, page, offences } = await open(path, {
        ...{ colorScheme: scheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' },
      })
      expect(await faultsOf(page)).toEqual([])
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0)
      expect(offences).toEqual([])
      await context.close()
    },
  )

  test.each(['light', 'dark'] as const)('draws its diagrams without a script, in %s', async (colorScheme) => {
    for (const name of ['architecture', 'webhooks', 'logout']) {
      const { context, page, offences } = await open(`/guide/${name}.html`, {
        ...{ colorScheme, reducedMotion: 'reduce' },
      })
      const drawing = page.locator('.diagram svg')
      const colours = await drawing.evaluate((svg) => {
        const text = svg.querySelector('text[fill="var(--_text)"]') as SVGTextElement
        return [getComputedStyle(text).fill, getComputedStyle(document.body).color]
      })
      expect([name, colours[0]]).toEqual([name, colours[1]])
      const { width = 0, height = 0 } = (await drawing.boundingBox()) ?? {}
      expect(Math.min(width, height)).toBeGreaterThan(200)
      await page.getByText('As text', { exact: true }).click()
      await page.locator('.diagram .source').waitFor()
      expect(offences).toEqual([])
      if (pictures)
        await page
          .locator('.diagram')
          .screenshot({ path: join(pictures, `guide-${name}-${colorScheme}.png`) })
      await context.close()
    }
  })

  test('its files are named by what is in them and kept for a year; pages are asked for anew; the rest is the worker’s', async () => {
    const asset = files().find((name) => name.startsWith('assets/') && name.endsWith('.css'))
    const kept = await fetch(`${stack.issuer}/guide/${asset}`)
    expect(kept.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const page = await fetch(`${stack.issuer}/guide/guide/start.html`)
    expect(page.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate')
    for (const path of ['/guide/nothing.html', '/guide/404.html', '/guide/assets/nothing.js']) {
      const missing = await fetch(stack.issuer + path)
      expect([path, missing.status]).toEqual([path, 404])
    }
    for (const [from, to] of [
      ['/guide', '/guide/'],
      ['/guide/index.html', '/guide/'],
      ['/guide/quickstarts', '/guide/quickstarts/'],
    ] as const) {
      const moved = await fetch(stack.issuer + from, { redirect: 'manual' })
      expect([moved.status, moved.headers.get('location')]).toEqual([308, to])
    }
  })

  test('each folder with a page of its own is served, under the policy', async () => {
    const folders = files().flatMap((name) => /^(.*\/)?index\.html$/.exec(name)?.[1] ?? [])
    expect(folders).toContain('quickstarts/')
    for (const name of folders) {
      const page = await fetch(`${stack.issuer}/guide/${name}`)
      expect([name, page.status, page.headers.get('x-frame-options')]).toEqual([name, 200, 'DENY'])
    }
  })

  test('is small, whole, and has only what its policy allows', () => {
    const bytes = files().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    expect(bytes).toBeLessThan(25 * 1024 * 1024)
    expect(findForbiddenParts(folder)).toEqual([])
    expect(findDeadLinks(folder, '/guide/')).toEqual([])
    const styles = files().filter((name) => name.endsWith('.css'))
    expect(styles.length).toBeGreaterThan(1)
    for (const name of styles) {
      expect(
        readFileSync(join(folder, name), 'utf8').match(/@import|url\(["']?(?:https?:)?\/\/[^)]*/g),
        name,
      ).toBeNull()
    }
  })
})

describe('the check of built pages', () => {
  test.each([
    ['<script>alert(1)</script>', 'an inline script'],
    ['<p style="color:red">x</p>', 'a style in an attribute'],
    ['<style>p{}</style>', 'a style element'],
    ['<img src=x onerror="alert(1)">', 'a handler in an attribute'],
    ['<img src="https://elsewhere.example/x.png">', 'something from another site'],
  ])('sees %s', async (html, rule) => {
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const made = mkdtempSync(join(tmpdir(), 'authly-pages-'))
    try {
      writeFileSync(
        join(made, 'page.html'),
        `<p id="here">${html}<a href="#here"></a><a href="#gone"></a></p>`,
      )
      expect(findForbiddenParts(made).join()).toContain(rule)
      expect(findDeadLinks(made, '/guide/')).toEqual(['page.html: #gone'])
    } finally {
      rmSync(made, { recursive: true, force: true })
    }
  })
})
