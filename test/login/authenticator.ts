/** People who sign in with an authenticator app, whose codes an app of others (otpauth) makes. */
import { type TOTP, URI } from 'otpauth'
import { expect } from 'vitest'
import { type Browser, openBrowser, type Shown } from './browser.ts'
import { addPerson, goodPassword, type Person } from './people.ts'

export interface PersonWithApp {
  readonly person: Person
  readonly app: TOTP
  /** Where the app was set up; signed in with the password alone. */
  readonly browser: Browser
}

/** A code of a time step relative to now: each is good once. */
export const codeOf = (app: TOTP, step: number): string =>
  app.generate({ timestamp: Date.now() + step * 30_000 })

/** From the first page, or that of an application, to the page behind the password. */
export async function passPassword(browser: Browser, { email }: Person, path = '/login'): Promise<Shown> {
  const first = await browser.follow(await browser.get(path))
  const named = await browser.post('/login', { ...first.hidden, step: 'identifier', identifier: email })
  const second = await browser.follow(named)
  return browser.follow(
    await browser.post('/login', { ...second.hidden, step: 'password', password: goodPassword }),
  )
}

export async function addPersonWithApp(): Promise<PersonWithApp> {
  const [person, browser] = [await addPerson(), openBrowser()]
  await passPassword(browser, person)
  const page = await browser.get('/account/one-time-passwords/add')
  const uri = /href="(otpauth:[^"]+)"/.exec(page.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const app = URI.parse(uri) as TOTP
  const form = { ...page.hidden, code: codeOf(app, -1), name: 'Phone' }
  expect((await browser.post('/account/one-time-passwords/add', form)).status).toBe(303)
  return { person, app, browser }
}
