/** People choose the language of the pages, on every page, and it stays. */
import { describe, expect, it } from 'vitest'
import { languageNames, supportedLanguages } from '../../src/messages/languages.ts'
import { openBrowser } from '../login/browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword } from '../login/people.ts'

/** Where the page's link to a language leads. */
function linkTo(html: string, tag: string): string {
  const found = new RegExp(`href="(/language\\?to=${tag}(?:&amp;next=[^"]*)?)"`).exec(html)
  if (!found) throw new Error(`no link to ${tag}`)
  return (found[1] as string).replaceAll('&amp;', '&')
}

describe('the language of the pages', () => {
  it('can be chosen on each of them: every language in its own words', async () => {
    const { html } = await openBrowser().get('/login')
    for (const tag of supportedLanguages) {
      linkTo(html, tag)
      expect(html).toContain(`lang="${tag}" hreflang="${tag}"`)
      expect(html).toContain(languageNames[tag])
    }
    expect(html).toMatch(/lang="en" hreflang="en" aria-current="true"/)
  })

  it('comes before what browser and application ask for, and stays', async () => {
    const browser = openBrowser()
    const german = { 'accept-language': 'de' }
    const app = await addApplication()
    const begun = await browser.get(authorizePath(app, { ui_locales: 'fr' }), german)
    const login = await browser.get(begun.location as string, german)
    expect(login.html).toContain('<html lang="fr"')
    const chosen = await browser.get(linkTo(login.html, 'ja'), {
      ...german,
      // As every browser sends it under the referrer policy of our pages.
      referer: `https://auth.test${begun.location}`,
    })
    expect(chosen.status).toBe(303)
    expect(chosen.headers.getSetCookie().join()).toMatch(
      /^__Host-authly_language=ja; Path=\/; HttpOnly; SameSite=Lax; Max-Age=31536000; Secure$/,
    )
    // The same sign-in goes on.
    expect(chosen.location).toBe(begun.location)
    const again = await browser.get(chosen.location as string, german)
    expect(again.html).toContain('<html lang="ja"')
    expect(again.headers.get('content-language')).toBe('ja')
    const person = await addPerson()
    const fields = { ...again.hidden, identifier: person.email, password: goodPassword }
    const entered = await browser.post('/login', fields, german)
    const consent = await browser.get((await browser.get(entered.location as string)).location as string)
    expect(consent.html).toContain('<html lang="ja"')
  })

  it('leads back to the form after a refusal, not to its address', async () => {
    const browser = openBrowser()
    const begun = await browser.get(authorizePath(await addApplication()))
    const login = await browser.get(begun.location as string)
    const refused = await browser.post('/login', { ...login.hidden, identifier: 'nobody', password: 'wrong' })
    const back = await browser.get(linkTo(refused.html, 'es'))
    const again = await browser.get(back.location as string)
    expect(again.status).toBe(200)
    expect(again.html).toContain('<html lang="es"')
    expect(again.hidden['interaction']).toBe(login.hidden['interaction'])
  })

  it('is no way to another server', async () => {
    for (const next of ['https://evil.test/', '//evil.test/', '/\\evil.test/', '/.//evil.test']) {
      const answer = await openBrowser().get(`/language?to=de&next=${encodeURIComponent(next)}`)
      expect([answer.status, answer.location]).toEqual([303, '/account'])
    }
    for (const referer of [
      'https://evil.test/',
      'https://auth.test.evil.test/',
      'https://auth.test//evil.test/',
    ]) {
      const answer = await openBrowser().get('/language?to=de', { referer })
      expect([answer.status, answer.location]).toEqual([303, '/account'])
    }
  })

  it('is one of those there are', async () => {
    for (const to of ['xx', '', 'de; Domain=evil.test', '__proto__']) {
      const answer = await openBrowser().get(`/language?to=${encodeURIComponent(to)}&next=/login`)
      expect(answer.status).toBe(400)
      expect(answer.headers.getSetCookie().join()).not.toContain('authly_language')
    }
    const made = openBrowser()
    made.cookies.set('__Host-authly_language', 'xx')
    expect((await made.get('/login')).html).toContain('<html lang="en"')
  })
})
