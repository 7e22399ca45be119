/** Somebody with passkeys in worker tests: what the script of the page does, done by an authenticator in software. */
import { env } from 'cloudflare:test'
import { issueSessionHandle } from '../../src/interaction/session-cookie.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import type { PasskeySignal } from '../../src/pages/passkey-form.tsx'
import { newChallenge, requestOptions } from '../../src/passkeys/ceremony-options.ts'
import { readAssertion } from '../../src/passkeys/read-credential.ts'
import { type Browser, issuer, openBrowser, type Shown, signIn } from '../login/browser.ts'
import { addPerson, goodPassword, type Person } from '../login/people.ts'
import { attemptOf, createPerson } from '../passkeys/person.ts'
import {
  type AuthenticatorOptions,
  createSoftwareAuthenticator,
  type SoftwareAuthenticator,
} from '../passkeys/software-authenticator.ts'
import { sessionsOf } from '../sessions/object-subject.ts'

export const path = '/account/passkeys'
const root = createRootSecret((env as unknown as { AUTHLY_ROOT_SECRET: string }).AUTHLY_ROOT_SECRET)

const unescaped = (html: string) => html.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
const attribute = (html: string, name: string) =>
  JSON.parse(unescaped(new RegExp(`${name}="([^"]*)"`).exec(html)?.[1] ?? 'null'))
export const optionsOf = ({ html }: Shown) => attribute(html, 'data-options')
export const signalsOf = ({ html }: Shown): PasskeySignal[] => attribute(html, 'data-passkey-signals')

export async function withPassword(): Promise<{ person: Person; browser: Browser }> {
  const person = await addPerson()
  const browser = openBrowser()
  await signIn(browser, person.email, goodPassword)
  return { person, browser }
}

/** What the script of the page sends. */
export async function answer(
  page: Shown,
  authenticator: SoftwareAuthenticator,
): Promise<Record<string, string>> {
  const credential = JSON.stringify(await authenticator.create(optionsOf(page), { origin: issuer }))
  return { ...page.hidden, credential }
}

export async function add(browser: Browser, authenticator: SoftwareAuthenticator): Promise<Shown> {
  return browser.post(path, await answer(await browser.get(path), authenticator))
}

/** Signs in with the newest passkey, straight in the person's object. */
export async function signInWithPasskey(
  browser: Browser,
  { id }: Person,
  authenticator: SoftwareAuthenticator,
): Promise<void> {
  const template = await attemptOf(await createPerson())
  const challenge = newChallenge()
  const made = await authenticator.get(requestOptions({ rp_id: 'auth.test' }, challenge, 'required'), {
    origin: issuer,
  })
  const assertion = readAssertion(JSON.stringify(made))
  if (!assertion) throw new Error('the assertion is not well-formed')
  const session_id = uuidv7()
  const { handle, secretHash } = await issueSessionHandle(root, { user_id: id, session_id })
  const answered = await sessionsOf(id).signInWithPasskey({
    ...{ ...template, user_id: id, assertion },
    expected: { challenge, rp_id: 'auth.test', origins: [issuer] },
    session: { ...template.session, session_id, secret_hash: secretHash },
  })
  if (answered.status !== 'signed_in') throw new Error(answered.status)
  browser.cookies.set('__Host-authly_session', handle)
}

/** Somebody with a passkey, signed in with it. */
export async function withPasskey(options: AuthenticatorOptions = {}) {
  const { person, browser } = await withPassword()
  const authenticator = createSoftwareAuthenticator(options)
  await add(browser, authenticator)
  await signInWithPasskey(browser, person, authenticator)
  return { person, browser, authenticator }
}
