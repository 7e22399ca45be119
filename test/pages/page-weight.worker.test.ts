/** What a page costs those who open it: with everything it loads, below 30 KB as sent, and nothing from elsewhere. */
import { beforeAll, describe, expect, it } from 'vitest'
import { supportedLanguages } from '../../src/messages/languages.ts'
import { openBrowser, signIn } from '../login/browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword } from '../login/people.ts'
import { callAdmin } from '../worker/admin-client.ts'

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
