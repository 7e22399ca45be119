/** Pictures of the hosted pages: what is accepted, what people then see, and that nothing else gets in. */
import { sql } from 'drizzle-orm'
import { afterEach, describe, expect, it } from 'vitest'
import { maxImageBytes } from '../../../src/branding/brand-image.ts'
import { loadStoredSettings } from '../../../src/settings/settings.store.ts'
import { settingsCacheKey } from '../../../src/settings/settings.ts'
import { testDatabase } from '../../fakes/database.ts'
import { openBrowser } from '../../login/browser.ts'
import { addAdmin, addServiceAccount, callAdmin, testDependencies } from '../../worker/admin-client.ts'

const decode = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))

/** One pixel each, of two colours. */
const pictures = {
  one: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  other: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
}
const png = decode(pictures.one)
const logo = '/admin/branding/images/logo'

const upload = (
  actor: Parameters<typeof callAdmin>[0],
  content: Uint8Array<ArrayBuffer>,
  { path = logo, type = 'image/png' } = {},
) =>
  callAdmin(actor, 'PUT', path, {
    body: new Blob([content]).stream(),
    headers: { 'content-type': type },
  })

const json = async (response: Response) => (await response.json()) as Record<string, string>

// Pictures are the whole server's: each test leaves none behind, in the cache neither.
afterEach(async () => {
  await testDatabase().execute(sql`delete from brand_images`)
  await testDependencies().edgeCache.refresh(settingsCacheKey, await loadStoredSettings(testDatabase()))
})

describe('a logo', () => {
  it('is shown on the pages at once, from an address that names its content', async () => {
    const admin = await addAdmin()
    const uploaded = await upload(admin, png)
    expect(uploaded.status, await uploaded.clone().text()).toBe(200)
    const shown = await json(uploaded)
    expect(shown).toMatchObject({ name: 'logo', content_type: 'image/png', size: png.byteLength })
    expect(shown['url']).toBe(`https://auth.test/assets/logo.${shown['digest']}.png`)
    const path = new URL(shown['url'] as string).pathname
    const page = await openBrowser().get('/login')
    expect(page.html).toContain(`<img class="logo" src="${path}" alt=""/>`)
    const response = await callAdmin(undefined, 'GET', path)
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(png)
    const headers = Object.fromEntries(response.headers)
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
    })
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['set-cookie']).toBeUndefined()
    expect(await json(await callAdmin(admin, 'GET', logo))).toEqual(shown)
    const list = await callAdmin(admin, 'GET', '/admin/branding/images')
    expect(await list.json()).toEqual({ items: [shown] })
  })

  it('has another address when it changes, and none when it is gone', async () => {
    const admin = await addAdmin()
    const before = await json(await upload(admin, png))
    const after = await json(await upload(admin, decode(pictures.other)))
    expect(after['digest']).not.toBe(before['digest'])
    const at = (image: Record<string, string>) =>
      callAdmin(undefined, 'GET', new URL(image['url'] ?? '').pathname)
    expect((await at(before)).status).toBe(404)
    expect((await at(after)).status).toBe(200)
    expect((await callAdmin(admin, 'DELETE', logo)).status).toBe(204)
    expect((await at(after)).status).toBe(404)
    expect((await callAdmin(admin, 'DELETE', logo)).status).toBe(404)
    expect((await callAdmin(admin, 'GET', logo)).status).toBe(404)
    expect((await openBrowser().get('/login')).html).not.toContain('class="logo"')
  })

  it('has a second one for dark pages', async () => {
    const admin = await addAdmin()
    const light = await json(await upload(admin, png))
    const dark = await json(
      await upload(admin, decode(pictures.other), { path: '/admin/branding/images/logo_dark' }),
    )
    const { html } = await openBrowser().get('/login')
    expect(html).toContain(
      `<source media="(prefers-color-scheme: dark)" srcset="${new URL(dark['url'] ?? '').pathname}"/>`,
    )
    expect(html).toContain(new URL(light['url'] ?? '').pathname)
    // The digest of one under the name of the other names nothing.
    expect((await callAdmin(undefined, 'GET', `/assets/logo.${dark['digest']}.png`)).status).toBe(404)
  })

  it('leaves a trace of who changed it, without the content', async () => {
    const admin = await addAdmin()
    const { digest } = await json(await upload(admin, png))
    await upload(admin, png)
    await callAdmin(admin, 'DELETE', logo)
    const { rows } = await testDatabase().execute<Record<string, unknown>>(
      sql`select type, entity_id, data, changes from audit_events where actor_id = ${admin.id} and entity_type = 'brand_image' order by position`,
    )
    expect(rows.map(({ type }) => type)).toEqual(['brand_image.updated', 'brand_image.deleted'])
    expect(rows[0]).toMatchObject({
      entity_id: 'logo',
      data: { width: 1, height: 1 },
      changes: { digest: { before: null, after: digest } },
    })
    expect(JSON.stringify(rows)).not.toContain(pictures.one)
  })
})

describe('what is no logo', () => {
  const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')
  const huge = decode(pictures.one)
  new DataView(huge.buffer).setUint32(16, 30_000)

  it.each([
    ['an SVG by its own name', svg, 'image/svg+xml', 415],
    ['an SVG under the name of a PNG', svg, 'image/png', 400],
    ['a page', new TextEncoder().encode('<!doctype html><script>alert(1)</script>'), 'image/png', 400],
    ['a PNG under the name of a JPEG', png, 'image/jpeg', 400],
    ['a small file of very many pixels', huge, 'image/png', 400],
    ['a file that is too large', new Uint8Array(maxImageBytes + 1), 'image/png', 413],
    ['an empty file', new Uint8Array(0), 'image/png', 400],
    ['JSON', new TextEncoder().encode('{}'), 'application/json', 415],
  ] as [string, Uint8Array<ArrayBuffer>, string, number][])(
    '%s is refused and changes nothing',
    async (_, content, type, status) => {
      const admin = await addAdmin()
      const refused = await upload(admin, content, { type })
      expect(refused.status, await refused.clone().text()).toBe(status)
      expect(await (await callAdmin(admin, 'GET', '/admin/branding/images')).json()).toEqual({ items: [] })
    },
  )

  it('has a name that there is', async () => {
    const admin = await addAdmin()
    expect((await upload(admin, png, { path: '/admin/branding/images/favicon' })).status).toBe(404)
  })

  it('comes from somebody who may change settings, who signed in lately', async () => {
    const reader = await addServiceAccount(['admin:settings:read'])
    expect((await upload(reader, png)).status).toBe(403)
    expect((await callAdmin(reader, 'DELETE', logo)).status).toBe(403)
    expect((await callAdmin(reader, 'GET', '/admin/branding/images')).status).toBe(200)
    expect((await upload(undefined, png)).status).toBe(401)
  })
})

describe('an address of a picture', () => {
  it('that is made up is looked up nowhere', async () => {
    const digest = 'A'.repeat(43)
    expect((await callAdmin(undefined, 'GET', `/assets/logo.${digest}.png`)).status).toBe(404)
    expect(testDependencies().edgeCache.knows(`brand_image:${digest}`)).toBe(false)
  })
})
