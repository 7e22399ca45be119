/** What a page costs those who open it: with everything it loads, below 30 KB as sent, and nothing from elsewhere. */
import { beforeAll, describe, expect, it } from 'vitest'
import { uuidv7 } from '../../src/kit/ids.ts'
import { supportedLanguages } from '../../src/messages/languages.ts'
import { openBrowser, type Shown, signIn } from '../login/browser.ts'
import { startMail } from '../login/mailbox.ts'
import { addApplication, addPerson, authorizePath, goodPassword } from '../login/people.ts'
import { passCode, recovering } from '../login/recovering.ts'
import { callAdmin } from '../worker/admin-client.ts'
import { useSettings } from '../worker/local-settings.ts'

const maxBytes = 30 * 1024

async function gzipped(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return (await new Response(stream).arrayBuffer()).byteLength
}

/** Everything that a browser loads for the page by itself: stylesheets, scripts, pictures, the icon. */
const loadedBy = (html: string): string[] =>
  [
    ...html.matchAll(/<link rel="(?:stylesheet|icon|modulepreload|preload)"[^>]* href="([^"]+)"/g),
    ...html.matchAll(/<(?:img|script|source|iframe|video)[^>]* (?:src|srcset)="([^"]+)"/g),
  ].map(([, address]) => address as string)

const pages = new Map<string, string>()

beforeAll(async () => {
  const app = await addApplication('Supercalifragilistic-Gartenplanungsgesellschaft & Söhne')
  for (const tag of supportedLanguages) {
    const browser = openBrowser()
    const language = { 'accept-language': tag }
    const begun = await browser.get(authorizePath(app))
    pages.set(`sign-in, ${tag}`, (await browser.get(begun.location as string, language)).html)
  }
  const browser = openBrowser()
  const person = await addPerson()
  await signIn(browser, person.email, goodPassword)
  pages.set('account', (await browser.get('/account')).html)
  pages.set('password', (await browser.get('/password')).html)
  const begun = await browser.get(authorizePath(app))
  pages.set('consent', (await browser.get(begun.location as string)).html)
  pages.set('error', (await openBrowser().get('/login?interaction=made-up')).html)
})

/** The own pages, of somebody whose name and applications are long, in the language with the longest texts. */
beforeAll(async () => {
  const service = startMail()
  const browser = service.open()
  const person = await addPerson()
  await signIn(browser, person.email, goodPassword)
  for (const path of [
    ...['/account', '/account/security', '/account/security/history', '/account/sessions', '/account/email'],
    ...['/account/applications', '/account/data', '/account/delete', '/account/passkeys'],
    ...[
      '/account/one-time-passwords',
      '/account/one-time-passwords/add',
      '/login?step=add_passkey',
      '/logout',
    ],
  ]) {
    const { status, html } = await browser.get(path, { 'accept-language': 'ja' })
    expect(status, path).toBe(200)
    pages.set(path, html)
  }
})

/** The ways in that are not the sign-in page. */
beforeAll(async () => {
  await useSettings({
    ...{
      'registration.mode': 'open',
      'registration.challenge': 'always',
      'registration.username': 'optional',
    },
    ...{ 'registration.name': 'optional', 'sign_in.magic_links': 'on', 'sign_in.email_codes': 'on' },
    'registration.terms': { version: '1', uri: 'https://example.com/terms' },
  })
  const service = startMail()
  const email = `${uuidv7()}@example.test`
  await service.deliver(email)
  const browser = service.open()
  const keep = (name: string, page: Shown): Shown => {
    expect(page.status, name).toBe(200)
    pages.set(name, page.html)
    return page
  }
  const send = (page: Shown, fields: Record<string, string>) =>
    browser.post('/register', { ...page.hidden, ...fields })
  const start = keep('registration', await browser.get('/register'))
  keep('registration, a challenge', await send(start, { email }))
  await useSettings({
    'registration.mode': 'open',
    'registration.challenge': 'off',
    'registration.name': 'optional',
  })
  const asked = keep('registration, the code', await browser.follow(await send(start, { email })))
  const { code } = await service.arrived(1)
  const details = keep('registration, the person', await browser.follow(await send(asked, { code })))
  keep('registration, passkey or password', await browser.follow(await send(details, { name: 'Ada' })))

  await useSettings({ 'sign_in.email_codes': 'on', 'sign_in.magic_links': 'on' })
  const person = await addPerson()
  await service.deliver(person.email)
  const forgot = await recovering(person, undefined, { service, browser: service.open() })
  keep('recovery, the code', forgot.page)
  keep('recovery, the link elsewhere', await service.open().get((await service.arrived(2)).link as string))
  keep('recovery, another password', await forgot.browser.follow(await passCode(forgot)))
  await useSettings({})
})

describe('a page', () => {
  it('weighs less than 30 KB with all it loads (gzip)', async () => {
    for (const [name, html] of pages) {
      let bytes = await gzipped(html)
      const addresses = new Set(loadedBy(html))
      expect(addresses.size, name).toBeGreaterThan(1)
      for (const address of addresses) {
        const response = await callAdmin(undefined, 'GET', address)
        expect(response.status, `${name}: ${address}`).toBe(200)
        bytes += await gzipped(await response.text())
      }
      expect(bytes, name).toBeLessThan(maxBytes)
    }
  })

  it('loads nothing from elsewhere, and its stylesheets load nothing at all', async () => {
    for (const [name, html] of pages) {
      for (const address of loadedBy(html)) {
        expect(address, name).toMatch(/^\/assets\//)
        if (!address.endsWith('.css')) continue
        expect(await (await callAdmin(undefined, 'GET', address)).text()).not.toMatch(/url\(|@import|https?:/)
      }
    }
  })
})
