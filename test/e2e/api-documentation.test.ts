/**
 * `/docs` and `/redoc` in Chromium, as the worker's static assets serve them: under their policies, asking nobody
 * else for anything, and signed in through this very server.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiFiles, loadDocument } from '../../scripts/docs/api-files.ts'
import { type OpenApiDocument, operationsOf } from '../../scripts/docs/openapi/openapi-types.ts'
import { type RunningStack, startStack } from '../../scripts/stack/start-stack.ts'
import { createSeed, type Seed, type SeededUser } from '../conformance/seed.ts'
import { hasChromium, launchChromium } from './chromium.ts'

const files = apiFiles(await loadDocument())
const described: OpenApiDocument = JSON.parse(files['public/openapi.json'])
const operations = operationsOf(described)

describe.runIf(hasChromium)('the API documentation in Chromium', () => {
  let stack: RunningStack
  let seed: Seed
  let browser: Browser
  let admin: SeededUser
  beforeAll(async () => {
    stack = await startStack({ withAssets: true })
    seed = createSeed(stack.database_owner_url)
    browser = await launchChromium()
    admin = await seed.addUser()
    await seed.database.query(`UPDATE users SET roles = '{admin}' WHERE id = $1`, [admin.id])
  })
  afterAll(async () => {
    await browser?.close()
    await seed?.close()
    await stack?.stop()
  })

  /** A page, and everything that it should not have done. */
  async function open(path: string, options: BrowserContextOptions = {}) {
    const context: BrowserContext = await browser.newContext({
      ...{ locale: 'en-US', viewport: { width: 1400, height: 1000 } },
      ...options,
    })
    const offences: string[] = []
    context.on('request', (request) => {
      const url = new URL(request.url())
      // A blob is made by the page itself; its origin is the page's.
      if (url.origin !== stack.issuer) offences.push(`asked ${request.url()}`)
    })
    context.on('console', (message) => {
      if (/content security policy|violates/i.test(message.text())) offences.push(message.text())
    })
    context.on('weberror', (error) => offences.push(String(error.error())))
    await context.addInitScript(() =>
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`violates ${violatedDirective}: ${blockedURI}`),
      ),
    )
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    const response = await page.goto(stack.issuer + path)
    return { context, page, offences, headers: response?.headers() ?? {} }
  }

  const signIn = async (page: Page) => {
    await page.getByLabel('Email address or username').fill(admin.username)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Password', { exact: true }).fill(admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  test('Swagger UI lists every operation, signs in by code and PKCE in a pop-up, and its "Try it out" works on the admin API', async () => {
    const { context, page, offences, headers } = await open('/docs')
    await page.locator('.opblock-tag').first().waitFor()
    const header = (tag: string) => page.locator(`.opblock-tag[data-tag="${tag}"]`)
    const idOf = (tag: string, id: string) => `operations-${tag.replaceAll(' ', '_')}-${id}`
    // One area at a time, because of many open operations only those near the window are in the page.
    for (const tag of new Set(operations.flatMap(({ operation }) => operation.tags ?? []))) {
      const expected = operations
        .filter(({ operation }) => operation.tags?.[0] === tag)
        .map(({ operation }) => `-${operation.operationId}`)
      const seen = new Set<string>()
      await header(tag).click()
      await expect
        .poll(
          async () => {
            const ids = await page.locator('.opblock').evaluateAll((blocks) => blocks.map(({ id }) => id))
            for (const id of ids) seen.add(id)
            await page.mouse.wheel(0, 500)
            return expected.filter((end) => ![...seen].some((id) => id.endsWith(end)))
          },
          { timeout: 30_000 },
        )
        .toEqual([])
      await page.evaluate(() => scrollTo(0, 0))
      await header(tag).click()
    }
    expect(headers['content-security-policy']).not.toContain('unsafe')

    await page.locator('.auth-wrapper .authorize').first().click()
    const dialog = page.locator('.auth-container', { hasText: 'authorizationCode' })
    expect(await dialog.getByLabel('client_id:').inputValue()).toBe('authly-docs')
    for (const scope of ['admin:roles:read', 'admin:users:read', 'profile']) {
      await dialog.locator(`label:has(p.name:text-is("${scope}"))`).click()
    }
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      dialog.locator('button.authorize').click(),
    ])
    await popup.waitForURL(`${stack.issuer}/**`)
    const tokens: string[] = []
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/oauth/token') tokens.push(request.postData() ?? '')
    })
    // Attack: a link to the end of somebody else's sign-in, opened meanwhile (login CSRF).
    const link = await context.newPage()
    await link.goto(
      `${stack.issuer}/docs/oauth2-redirect.html?code=foreign&state=guessed&iss=${stack.issuer}`,
    )
    await link.getByText('No page waits for this sign-in').waitFor()
    expect(link.url()).toBe(`${stack.issuer}/docs/oauth2-redirect.html`)
    await link.close()
    await Promise.all([popup.waitForEvent('close'), signIn(popup)])
    await dialog.getByText('Logout').waitFor()
    await page.locator('.auth-container .btn-done').first().click()

    expect(tokens).toHaveLength(1)
    expect(tokens[0]).toContain('code_verifier=')
    expect(tokens[0]).not.toContain('foreign')

    // Filters and the cursor begin empty: what is left alone is not sent.
    const tried = [
      ['Roles', 'listRoles'],
      ['Users', 'listUsers'],
      ['OpenID Connect', 'getUserInfo'],
    ] as const
    for (const [tag, id] of tried) {
      await header(tag).click()
      const block = page.locator(`[id="${idOf(tag, id)}"]`)
      await block.locator('.opblock-summary-control').click()
      await block.getByRole('button', { name: 'Try it out' }).click()
      await block.getByRole('button', { name: 'Execute' }).click()
      const status = block.locator('.live-responses-table .response-col_status').last()
      await status.waitFor()
      expect((await status.textContent())?.trim(), id).toMatch(/^200/)
    }
    expect(offences).toEqual([])
    await context.close()
  })

  // Attack: what got into the documentation allows on hosted pages, which are on its origin, what the person did not.
  test.each(['/docs', '/redoc', '/docs/oauth2-redirect.html'])(
    '%s reaches no window with a hosted page, neither of an account nor of a sign-in',
    async (path) => {
      const { context, page } = await open('/account')
      await signIn(page)
      await page.getByRole('heading', { name: 'Your account' }).waitFor()
      await page.goto(stack.issuer + path)
      const authorize = new URL('/oauth/authorize', stack.issuer)
      authorize.search = new URLSearchParams({
        ...{ client_id: 'authly-docs', response_type: 'code', scope: 'openid', prompt: 'login' },
        redirect_uri: `${stack.issuer}/docs/oauth2-redirect.html`,
        ...{ code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' },
      }).toString()
      for (const target of ['/account', authorize.href]) {
        const [opened] = await Promise.all([
          context.waitForEvent('page'),
          page.evaluate((url) => {
            Object.assign(globalThis, { opened: globalThis.open(url) })
          }, target),
        ])
        // There it is; who opened it holds a window that, to them, is closed.
        await opened.getByRole('heading', { level: 1 }).first().waitFor()
        const seen = () => page.evaluate(() => (globalThis as unknown as { opened: Window }).opened.closed)
        // The page is busy with what it shows.
        await expect.poll(seen, { message: target, timeout: 20_000 }).toBe(true)
        expect(await opened.evaluate(() => globalThis.opener), target).toBeNull()
        await opened.close()
      }
      await context.close()
    },
  )

  test('ReDoc renders and finds every operation', async () => {
    const { context, page, offences, headers } = await open('/redoc')
    const section = (id: string) => page.locator(`[data-section-id$="operation/${id}"]`).first()
    for (const { operation } of operations)
      await section(operation.operationId as string).waitFor({ state: 'attached' })
    await page.getByPlaceholder('Search').fill('introspect')
    await page.locator('[data-role="search:results"] li').first().waitFor()
    expect(headers['content-security-policy']).not.toMatch(/unsafe/)
    expect(offences.filter((text) => !text.startsWith(`asked blob:${stack.issuer}`))).toEqual([])
    await context.close()
  })

  test.each(['/docs', '/redoc'])(
    '%s names the deployment, and links to the other forms of the document',
    async (path) => {
      const { context, page, offences } = await open(path)
      const name = new URL(stack.issuer).host
      await page.locator('.page-header h1', { hasText: name }).waitFor()
      expect(await page.title()).toContain(name)
      const links = page.getByRole('navigation', { name: 'API documentation' }).getByRole('link')
      const targets = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
      const published = Object.keys(files).filter((file) => file.startsWith('public/'))
      expect(targets).toEqual(['/docs', '/redoc', ...published.map((file) => file.slice('public'.length))])
      for (const target of targets) expect((await fetch(stack.issuer + target)).status, target).toBe(200)
      expect(await page.locator('.page-header [aria-current="page"]').getAttribute('href')).toBe(path)
      expect(offences.filter((text) => !text.startsWith(`asked blob:${stack.issuer}`))).toEqual([])
      await context.close()
    },
  )

  const usual = ['limit', 'cursor', 'include_total', 'sort', 'q']
  const namesOf = (id: string) => {
    const { operation } = operations.find((one) => one.operation.operationId === id) ?? {}
    return (operation?.parameters ?? []).map((parameter) => (parameter as { name: string }).name)
  }
  const filtersButton = `Filters (${namesOf('listUsers').length - usual.length})`

  test('Swagger UI folds the filters of a list; the keyboard opens them, and what is filled in is sent when they are folded again', async () => {
    const { context, page, offences } = await open('/docs#/Users/listUsers')
    const block = page.locator('#operations-Users-listUsers')
    const shown = () =>
      block
        .locator('tr[data-param-name]')
        .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-param-name')))
    const button = block.getByRole('button', { name: /^Filters/ })
    await button.waitFor()
    expect([await button.textContent(), await button.getAttribute('aria-expanded')]).toEqual([
      filtersButton,
      'false',
    ])
    expect(await shown()).toEqual(usual)

    await block.getByRole('button', { name: 'Try it out' }).click()
    await button.press('Enter')
    expect(await button.getAttribute('aria-expanded')).toBe('true')
    expect(await shown()).toEqual(namesOf('listUsers'))
    const email = block.locator('tr[data-param-name="email"] input')
    await email.fill('ada@example.com')
    expect(await email.evaluate((field) => getComputedStyle(field).outlineStyle)).toBe('solid')
    await button.press('Space')
    expect(await shown()).toEqual(usual)
    expect(await button.textContent()).toBe(`${filtersButton}, 1 filled in`)
    const [request] = await Promise.all([
      page.waitForRequest(/admin\/users\?/),
      block.getByRole('button', { name: 'Execute' }).click(),
    ])
    expect(new URL(request.url()).searchParams.get('email')).toBe('ada@example.com')
    await button.press('Enter')
    expect(await email.inputValue()).toBe('ada@example.com')

    // What an authorization request may say is no filter.
    await page.locator('.opblock-tag', { hasText: 'OAuth 2.1' }).click()
    const authorize = page.locator('.opblock[id$="-authorize"]')
    await authorize.locator('.opblock-summary-control').click()
    await authorize.locator('tr[data-param-name="resource"]').waitFor()
    expect(await authorize.locator('tr[data-param-name]').count()).toBe(namesOf('authorize').length)
    expect(offences).toEqual([])
    await context.close()
  })

  test('ReDoc folds the filters of a list, and the keyboard opens them', async () => {
    const { context, page, offences } = await open('/redoc')
    const section = page.locator('[data-section-id$="operation/listUsers"]').first()
    const button = section.getByRole('button', { name: 'Filters' })
    await button.waitFor()
    const shown = () => section.locator('.property-name').allTextContents()
    const folded = [...usual, filtersButton]
    expect((await shown()).slice(0, folded.length)).toEqual(folded)
    expect(await shown()).not.toContain('email_verified')
    await button.press('Enter')
    expect(await shown()).toEqual(expect.arrayContaining(namesOf('listUsers')))
    expect(offences.filter((text) => !text.startsWith(`asked blob:${stack.issuer}`))).toEqual([])
    await context.close()
  })

  /** Texts that axe measures below WCAG 2.2 AA, in the parts that have one of everything: all would take a minute. */
  async function faintTexts(page: Page) {
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    const { violations } = await page.evaluate(() => {
      const parts = ['.page-header', '#swagger-ui', '.menu-content']
      const sections = ['issueToken', 'listUsers', 'createUser', 'deleteUser']
      const all = [...parts, ...sections.map((id) => `[data-section-id$="operation/${id}"]`)]
      const include = all.filter((selector) => document.querySelector(selector))
      return (globalThis as unknown as { axe: typeof axe }).axe.run(
        { include },
        { runOnly: ['color-contrast'] },
      )
    })
    return violations.flatMap(({ nodes }) => nodes.map(({ html }) => html))
  }
  const brightness = (page: Page) =>
    page.evaluate(() => {
      const colors = getComputedStyle(document.documentElement).backgroundColor.match(/[\d.]+/g) ?? []
      const [red = 255, green = 255, blue = 255, alpha = 1] = colors.map(Number)
      return alpha === 0 ? 255 : (red + green + blue) / 3
    })

  test.each([
    ['/docs', 'dark', 1400],
    ['/docs', 'light', 390],
    ['/redoc', 'dark', 390],
    ['/redoc', 'light', 1400],
  ] as const)(
    '%s in %s, %i pixels wide: every text can be read, nothing is cut off',
    async (path, scheme, width) => {
      const { context, page, offences } = await open(path, {
        ...{ colorScheme: scheme, viewport: { width, height: 900 } },
      })
      if (path === '/docs') {
        await page.locator('.opblock-tag[data-tag="Users"]').click()
        for (const method of ['get', 'post', 'put', 'patch', 'delete'])
          await page.locator(`.opblock-${method} .opblock-summary-control`).first().click()
        await page.locator('.opblock-delete .responses-table').first().waitFor()
      } else await page.locator('[data-section-id$="operation/listUsers"]').first().waitFor()
      const [dark, bright] = [
        { min: 0, max: 60 },
        { min: 240, max: 255 },
      ]
      const range = scheme === 'dark' ? dark : bright
      expect(await brightness(page)).toSatisfy((value: number) => value >= range.min && value <= range.max)
      expect(await faintTexts(page)).toEqual([])
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0)

      // The system changes its mind while the page is open.
      await page.emulateMedia({ colorScheme: scheme === 'dark' ? 'light' : 'dark' })
      const text = page.locator(path === '/docs' ? '.info .renderedMarkdown p' : '#redoc h1').first()
      await text.waitFor()
      const [red = 0] = ((await text.evaluate((one) => getComputedStyle(one).color)).match(/\d+/g) ?? []).map(
        Number,
      )
      expect(red).toSatisfy((value: number) => (scheme === 'dark' ? value < 90 : value > 180))
      expect(offences.filter((one) => !one.startsWith(`asked blob:${stack.issuer}`))).toEqual([])
      await context.close()
    },
  )

  test('the documents may be read by tools of any origin and are fresh after five minutes; other paths stay the worker’s', async () => {
    const published = Object.entries(files).flatMap(([path, text]) =>
      path.startsWith('public/') ? [[path.slice('public'.length), text] as const] : [],
    )
    expect(published.map(([path]) => path)).toEqual([
      ...['/openapi.json', '/openapi-3.0.json'],
      ...['/collections/postman.json', '/collections/insomnia.json'],
    ])
    for (const [path, text] of published) {
      const response = await fetch(stack.issuer + path)
      expect(await response.text()).toBe(text)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('cache-control')).toBe('public, max-age=300, stale-while-revalidate=3600')
    }
    for (const path of ['/docs/nothing', '/_headers', '/vendor/nothing.js']) {
      const response = await fetch(stack.issuer + path)
      expect(response.status).toBe(404)
      expect(await response.text()).toContain('<!doctype html>')
    }
    // The file behind a page has no policy of its own.
    for (const page of ['docs', 'redoc']) {
      const response = await fetch(`${stack.issuer}/${page}/index.html`, { redirect: 'manual' })
      expect([response.status, response.headers.get('location')]).toEqual([308, `/${page}`])
    }
  })
})
