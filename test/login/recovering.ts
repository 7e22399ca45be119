/** People who have forgotten their password, in browsers. */
import { expect } from 'vitest'
import { en } from '../../src/messages/en.ts'
import type { Browser, Shown } from './browser.ts'
import { type Mail, startMail } from './mailbox.ts'
import type { Person } from './people.ts'

export const newPassword = 'copper lantern meadow twelve'

/** Where "Forgot your password?" leads; undefined where the page has no such link. */
export const forgotPath = ({ html }: Shown): string | undefined =>
  new RegExp(`<a href="([^"]+)">${en.recovery.forgot.replace('?', '\\?')}`)
    .exec(html)?.[1]
    ?.replaceAll('&amp;', '&')

/** The password page of this name. */
export async function openPasswordPage(
  browser: Browser,
  identifier: string,
  from = '/login',
): Promise<Shown> {
  const first = await browser.follow(await browser.get(from))
  const named = await browser.post('/login', { ...first.hidden, step: 'identifier', identifier })
  const { sign_in = '', interaction } = (await browser.follow(named)).hidden
  const query = new URLSearchParams({ sign_in, step: 'password', ...(interaction && { interaction }) })
  return browser.get(`/login?${query}`)
}

/** The page that sends a code to who has forgotten the password. */
export async function openRecovery(browser: Browser, identifier: string, from?: string): Promise<Shown> {
  const path = forgotPath(await openPasswordPage(browser, identifier, from))
  expect(path).toBeDefined()
  return browser.get(path as string)
}

/** Asks for a code; the page that takes it. */
export async function askToRecover(browser: Browser, identifier: string, from?: string): Promise<Shown> {
  const page = await openRecovery(browser, identifier, from)
  return browser.follow(await browser.post('/login', { ...page.hidden, send: 'yes' }))
}

export interface Recovering {
  readonly service: ReturnType<typeof startMail>
  readonly browser: Browser
  /** The page that takes the code. */
  readonly page: Shown
  readonly mail: Mail
}

/** A person whose code has arrived, in a browser of its own. */
export async function recovering(
  { email }: Pick<Person, 'email'>,
  from?: string,
  own?: Pick<Recovering, 'service' | 'browser'>,
): Promise<Recovering> {
  const service = own?.service ?? startMail()
  await service.deliver(email)
  const browser = own?.browser ?? service.open()
  const before = (await service.mails()).length
  const page = await askToRecover(browser, email, from)
  await service.ring(email)
  return { service, browser, page, mail: await service.arrived(before + 1) }
}

/** Types the code; the page that follows. */
export const passCode = async ({ browser, page, mail }: Recovering): Promise<Shown> =>
  browser.follow(await browser.post('/login', { ...page.hidden, code: mail.code }))

/** Chooses a password on the page that asks for one. */
export const choosePassword = (browser: Browser, page: Shown, password = newPassword): Promise<Shown> =>
  browser.post('/login', { ...page.hidden, new_password: password, repeat_password: password })
