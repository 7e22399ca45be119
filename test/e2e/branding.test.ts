/** A deployment with a look of its own, and the choice of a language, in a real browser without JavaScript. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkLook } from './check-look.ts'
import { hasChromium } from './chromium.ts'
import { drawLogo } from './draw-logo.ts'
import { openStage, type Stage } from './stage.ts'

const settings = {
  'branding.name': 'Gärtnerei Grünwald & Söhne',
  'branding.colors': {
    light: { accent: '#0b6b3a', background: '#f1f6f1' },
    dark: { accent: '#7fd8a4', background: '#0a120d' },
  },
  'branding.footer_links': [
    {
      href: 'https://help.example.test/',
      label: 'Help',
      translations: { de: 'Hilfe und Kontakt', ar: 'المساعدة' },
    },
    {
      href: 'https://law.example.test/privacy',
      label: 'Privacy',
      translations: { de: 'Datenschutzerklärung', ar: 'الخصوصية' },
    },
    { href: 'https://law.example.test/terms', label: 'Terms', translations: { de: 'Nutzungsbedingungen' } },
  ],
}

const looks = [
  { name: 'light', colorScheme: 'light', locale: 'en-US', viewport: { width: 1024, height: 768 } },
  { name: 'dark', colorScheme: 'dark', locale: 'de-DE', viewport: { width: 1024, height: 768 } },
  { name: 'phone-rtl', colorScheme: 'light', locale: 'ar', viewport: { width: 320, height: 640 } },
] as const

describe.runIf(hasChromium)('a deployment with a look of its own', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage({ settings })
    const logo = drawLogo({ width: 320, height: 80 })
    const digest = createHash('sha256').update(logo).digest('base64url')
    await stage.seed.database.query(
      'INSERT INTO brand_images (name, content_type, content, digest) VALUES ($1, $2, $3, $4)',
      ['logo', 'image/png', logo.toString('base64'), digest],
    )
  })
  afterAll(() => stage?.close())

  test.each(looks)('$name', async ({ name: look, ...options }) => {
    const context = await stage.browser.newContext(options)
    const page = await context.newPage()
    const failed: string[] = []
    const foreign: string[] = []
    page.on('requestfailed', (request) => failed.push(request.url()))
    page.on('response', (response) => response.status() >= 400 && failed.push(response.url()))
    page.on('request', (request) => !request.url().startsWith(stage.issuer) && foreign.push(request.url()))
    page.on('console', (message) => message.type() === 'error' && failed.push(message.text()))
    await page.goto(`${stage.issuer}/login`)
    await checkLook(page, `branded-${look}`)
    const logo = page.locator('img.logo')
    expect(await logo.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.height])).toEqual([
      320, 40,
    ])
    const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const expected = {
      light: 'rgb(241, 246, 241)',
      dark: 'rgb(10, 18, 13)',
      'phone-rtl': 'rgb(255, 255, 255)',
    }
    expect(back).toBe(expected[look])
    await page.locator('.languages summary').click()
    await checkLook(page, `branded-languages-${look}`)
    expect([failed, foreign]).toEqual([[], []])
    await context.close()
  })

  test('a language is chosen and stays, without JavaScript, within a sign-in', async () => {
    const client = await stage.addApplication('Demo Shop')
    const context = await stage.browser.newContext({ locale: 'de-DE', javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(stage.authorizeUrl(client))
    const begun = page.url()
    const choose = async (name: string) => {
      await page.locator('.languages summary').click()
      await page.getByRole('link', { name, exact: true }).click()
    }
    await choose('日本語')
    expect(page.url()).toBe(begun)
    expect(await page.locator('html').getAttribute('lang')).toBe('ja')
    await choose('العربية')
    expect(page.url()).toBe(begun)
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl')
    await page.goto(`${stage.issuer}/nowhere`)
    expect(await page.locator('html').getAttribute('lang')).toBe('ar')
    await choose('Deutsch')
    expect(page.url()).toBe(`${stage.issuer}/nowhere`)
    await context.close()
  })
})
