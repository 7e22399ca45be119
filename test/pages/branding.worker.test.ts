/** The deployment's own name, colours and links on the pages; nothing that people could not read or that leads astray. */
import { sql } from 'drizzle-orm'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { defaultColors } from '../../src/branding/palette.ts'
import { loadStoredSettings } from '../../src/settings/settings.store.ts'
import { settingsCacheKey } from '../../src/settings/settings.ts'
import { testDatabase, useOwnDatabase } from '../fakes/database.ts'
import { openBrowser } from '../login/browser.ts'
import { addAdmin, callAdmin, testDependencies } from '../worker/admin-client.ts'

// Settings are the whole server's.
beforeAll(useOwnDatabase)

// Each test leaves none behind, in the cache neither.
afterEach(async () => {
  await testDatabase().execute(sql`delete from settings`)
  await testDependencies().edgeCache.refresh(settingsCacheKey, await loadStoredSettings(testDatabase()))
})

async function set(name: string, value: unknown): Promise<Response> {
  const admin = await addAdmin()
  return callAdmin(admin, 'PATCH', `/admin/settings/${name}`, {
    body: { value },
    headers: { 'if-match': '*' },
  })
}

const stylesheetsOf = (html: string): string[] =>
  [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, path]) => path as string)

describe('the look of a deployment', () => {
  it('is its own name, without markup', async () => {
    expect((await set('branding.name', 'Ada & <b>Co</b>')).status).toBe(200)
    const { html } = await openBrowser().get('/login')
    expect(html).toContain('<title>Sign in – Ada &amp; &lt;b&gt;Co&lt;/b&gt;</title>')
    expect(html).not.toContain('<b>')
    expect(html).not.toContain('Authly')
  })

  it('is its own colours, in a stylesheet of their own that is as cacheable as ours', async () => {
    const plain = stylesheetsOf((await openBrowser().get('/login')).html)
    expect(plain).toHaveLength(1)
    const colors = {
      light: { accent: '#b3005e', background: '#fff7fb' },
      dark: { accent: '#ff9fd0', background: '#150a10' },
    }
    const changed = await set('branding.colors', colors)
    expect(changed.status, await changed.clone().text()).toBe(200)
    const branded = stylesheetsOf((await openBrowser().get('/login')).html)
    expect(branded[0]).toBe(plain[0])
    expect(branded[1]).toMatch(/^\/assets\/brand\.[0-9a-z]{7}\.css$/)
    const css = await callAdmin(undefined, 'GET', branded[1] as string)
    expect(css.headers.get('content-type')).toBe('text/css; charset=UTF-8')
    expect(css.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const text = await css.text()
    expect(text).toMatch(/^:root\{--page:#fff7fb;--accent:#b3005e;--on-accent:#ffffff;/)
    expect(text).toContain(
      '@media screen and (prefers-color-scheme:dark){:root{--page:#150a10;--accent:#ff9fd0;--on-accent:#000000;',
    )
    // A page of before asks for what is no longer there: it gets what is, and nobody keeps it under that name.
    const old = await callAdmin(undefined, 'GET', '/assets/brand.0000000.css')
    expect(old.headers.get('cache-control')).toBe('no-store')
    expect(await old.text()).toBe(text)
  })

  it.each([
    ['an accent that is too light', { light: { accent: '#ffd400' } }, '#/value/light/accent', '1.43:1'],
    ['an accent that is too dark', { dark: { accent: '#1a237e' } }, '#/value/dark/accent', ':1'],
    ['a loud background', { light: { background: '#3a55dd' } }, '#/value/light/background', ':1'],
  ])('refuses %s, and says by how much', async (_, value, pointer, ratio) => {
    const refused = await set('branding.colors', value)
    expect(refused.status).toBe(400)
    const { errors } = (await refused.json()) as { errors: { pointer: string; detail: string }[] }
    const fault = errors.find((each) => each.pointer === pointer)
    expect(fault?.detail).toMatch(/has a contrast of \d+\.\d\d:1 to .* at least (3|4\.5):1 is needed/)
    expect(fault?.detail).toContain(ratio)
    const { html } = await openBrowser().get('/login')
    expect(stylesheetsOf(html)).toHaveLength(1)
  })

  it.each(['red', '#fff', '#12345g', 'url(https://evil.test/)', '#123456;}body{display:none'])(
    'takes no colour but #rrggbb: %s',
    async (accent) => {
      expect((await set('branding.colors', { light: { accent } })).status).toBe(400)
    },
  )

  it('fills in the colours that were left out', async () => {
    const changed = await set('branding.colors', { light: { accent: '#0b6b3a' } })
    expect(((await changed.json()) as { value: unknown }).value).toEqual({
      light: { ...defaultColors.light, accent: '#0b6b3a' },
      dark: defaultColors.dark,
    })
  })

  it('is its own links, in the language of the page, to new windows', async () => {
    const value = [
      { href: 'https://help.test/', label: 'Help', translations: { de: 'Hilfe' } },
      { href: 'https://law.test/privacy?x=1&y=2', label: 'Privacy' },
    ]
    const changed = await set('branding.footer_links', value)
    expect(changed.status, await changed.clone().text()).toBe(200)
    const { html } = await openBrowser().get('/login', { 'accept-language': 'de' })
    expect(html).toMatch(
      /<a href="https:\/\/help\.test\/" target="_blank" rel="noopener noreferrer">\u2068Hilfe\u2069<\/a>/,
    )
    expect(html).toMatch(/href="https:\/\/law\.test\/privacy\?x=1&amp;y=2"[^>]*>\u2068Privacy\u2069/)
  })

  it.each([
    'http://help.test/',
    'javascript:alert(1)',
    'https://bank.test@evil.test/',
    'https://:bank.test@evil.test/',
    'https://',
    'https://a b/',
    'https:\\\\evil.test',
    '//help.test/',
  ])('links to nothing but https: %s', async (href) => {
    expect((await set('branding.footer_links', [{ href, label: 'Help' }])).status).toBe(400)
  })

  it('shows no blank name or label, and none of several lines', async () => {
    expect((await set('branding.name', '  ')).status).toBe(400)
    expect((await set('branding.name', 'one\ntwo')).status).toBe(400)
    expect((await set('branding.footer_links', [{ href: 'https://a.test/', label: '' }])).status).toBe(400)
  })
})
