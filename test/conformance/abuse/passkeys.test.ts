/** Credentials that are forged, stolen, replayed or malformed: each gets a page that says so, and nothing begins. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRootSecret, type RootSecret } from '../../../src/kit/root-secret.ts'
import { userHandleOf } from '../../../src/passkeys/user-handle.ts'
import {
  createSoftwareAuthenticator,
  type SoftwareAuthenticator,
} from '../../passkeys/software-authenticator.ts'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import { answerWithPasskey, passkeyDomain, passkeySettings, seedPasskey } from '../passkeys.ts'
import type { SeededClient, SeededUser } from '../seed.ts'
import { createUserAgent, type UserAgent } from '../user-agent.ts'

let authly: OwnAuthly
let root: RootSecret
let client: SeededClient
let [victim, thief]: SeededUser[] = []
let key: SoftwareAuthenticator
let thiefsKey: SoftwareAuthenticator

beforeAll(async () => {
  const rootSecret = randomBytes(32).toString('base64url')
  authly = await startOwnAuthly({ AUTHLY_ROOT_SECRET: rootSecret }, { settings: passkeySettings })
  root = createRootSecret(rootSecret)
  client = await authly.seed.addClient()
  victim = await authly.seed.addUser()
  thief = await authly.seed.addUser()
  key = await seedPasskey(authly.seed, root, victim.id)
  thiefsKey = await seedPasskey(authly.seed, root, thief.id)
})
afterAll(() => authly?.stop())

const isCallback = (url: URL) => url.href.startsWith(client.redirect_uri)
const openSignIn = (agent: UserAgent) => agent.open(authly.rp.authorizeUrl(client), isCallback)

/** Submits what `make` makes of a page, in a new browser. */
async function attempt(
  make: (answer: Awaited<ReturnType<typeof answerWithPasskey>>) => string | null | Promise<string | null>,
  overrides: Parameters<typeof answerWithPasskey>[2] = {},
) {
  const agent = createUserAgent()
  const page = await openSignIn(agent)
  const answer = await answerWithPasskey(page, key, overrides)
  const credential = await make(answer)
  return { agent, page: await agent.submit(page, answer.form, { credential }, isCallback) }
}

type Changed = Record<string, unknown> & { response: Record<string, unknown> }
const changed = (change: (credential: Changed) => unknown) =>
  attempt(({ input }) => {
    const credential = JSON.parse(input.credential) as Changed
    return JSON.stringify(change(credential) ?? credential)
  })
const member = (name: string, value: unknown) =>
  changed((credential) => {
    credential.response[name] = value
  })
const lie = (overrides: Parameters<typeof answerWithPasskey>[2]) =>
  attempt(({ input }) => input.credential, overrides)

async function expectRefused({ agent, page }: Awaited<ReturnType<typeof attempt>>) {
  expect(page.status).toBe(400)
  expect(page.url.pathname).toBe('/login')
  expect(page.text).toContain('Try again')
  expect(agent.cookies.get('authly_session')).toBeUndefined()
}

describe('a credential', () => {
  it('that is genuine signs in', async () => {
    const { agent, page } = await attempt(({ input }) => input.credential)
    expect(page.location?.searchParams.has('code')).toBe(true)
    expect(agent.cookies.get('authly_session')).toBeDefined()
  })

  it.each([
    ['missing', () => attempt(() => null)],
    ['empty', () => attempt(() => '')],
    ['no JSON', () => attempt(() => '{"id":')],
    ['null', () => attempt(() => 'null')],
    ['a list', () => attempt(() => '[]')],
    ['deep', () => attempt(() => '['.repeat(20_000))],
    ['longer than any', () => attempt(({ input }) => ' '.repeat(33_000) + input.credential)],
    ['of another type', () => changed((credential) => ({ ...credential, type: 'password' }))],
    ['with two ids', () => changed((credential) => ({ ...credential, rawId: 'AAAA' }))],
    ['with an id that is an object', () => changed((credential) => ({ ...credential, id: {}, rawId: {} }))],
    ['without an answer', () => changed((credential) => ({ ...credential, response: null }))],
    ['with a number for a signature', () => member('signature', 1)],
    ['with an empty signature', () => member('signature', '')],
    ['with another signature', () => member('signature', 'MEUCIQD_')],
    ['with empty authenticator data', () => member('authenticatorData', 'AAAA')],
    ['with client data that is no JSON', () => member('clientDataJSON', 'AAAA')],
    ['without a user handle', () => member('userHandle', null)],
    ['with a made-up user handle', () => member('userHandle', randomBytes(48).toString('base64url'))],
    [
      'with a plain id as user handle',
      () => member('userHandle', Buffer.from(victim?.id ?? '').toString('base64url')),
    ],
    ['of another origin', () => lie({ origin: 'https://evil.example' })],
    ['of another domain', () => lie({ rpId: 'evil.example' })],
    ['for another challenge', () => lie({ challenge: randomBytes(32).toString('base64url') })],
    ['from a frame of another site', () => lie({ clientData: { crossOrigin: true } })],
    ['for another ceremony', () => lie({ clientData: { type: 'webauthn.create' } })],
    ['with nobody present', () => lie({ userPresent: false })],
    ['of somebody not verified', () => lie({ userVerified: false })],
    ['whose eligibility changed', () => lie({ backupEligible: false, backedUp: false })],
  ] as const)('%s is refused', async (_, submit) => {
    await expectRefused(await submit())
  })

  it('of somebody else does not become the victim’s by their user handle', async () => {
    const userHandle = await userHandleOf(root, victim?.id ?? '')
    const agent = createUserAgent()
    const page = await openSignIn(agent)
    const { form, input } = await answerWithPasskey(page, thiefsKey, { userHandle })
    const refused = await agent.submit(page, form, input, isCallback)
    expect(refused.status).toBe(400)
    expect(agent.cookies.get('authly_session')).toBeUndefined()
    // Whoever holds the key may be told that it is not known there; the browser hides it then.
    expect(refused.body).toContain('signalUnknownCredential')
  })

  it('with the victim’s credential id and the thief’s signature is refused', async () => {
    const agent = createUserAgent()
    const page = await openSignIn(agent)
    const genuine = await answerWithPasskey(page, key)
    const stolen = await answerWithPasskey(page, thiefsKey)
    const mixed = JSON.parse(genuine.input.credential) as Changed
    mixed.response['signature'] = (JSON.parse(stolen.input.credential) as Changed).response['signature']
    const credential = JSON.stringify(mixed)
    await expectRefused({ agent, page: await agent.submit(page, genuine.form, { credential }, isCallback) })
  })

  it('made for another server is refused', async () => {
    const elsewhere = createSoftwareAuthenticator()
    const handle = await userHandleOf(
      createRootSecret(randomBytes(32).toString('base64url')),
      victim?.id ?? '',
    )
    await elsewhere.create(
      {
        rp: { id: passkeyDomain, name: 'x' },
        ...{ user: { id: handle, name: 'x', displayName: 'x' }, challenge: 'AAAA', pubKeyCredParams: [] },
      },
      { origin: 'http://localhost' },
    )
    const agent = createUserAgent()
    const page = await openSignIn(agent)
    const { form, input } = await answerWithPasskey(page, elsewhere)
    await expectRefused({ agent, page: await agent.submit(page, form, input, isCallback) })
  })
})

describe('an answer', () => {
  it('is good for one sign-in, out of fifty at the same time', async () => {
    const agent = createUserAgent()
    const page = await openSignIn(agent)
    const { form, input } = await answerWithPasskey(page, key)
    const pages = await Promise.all(
      Array.from({ length: 50 }, () => agent.submit(page, form, input, isCallback)),
    )
    expect(pages.filter(({ location }) => location?.searchParams.has('code'))).toHaveLength(1)
    expect(pages.filter(({ status }) => status === 400)).toHaveLength(49)
  })

  it('cannot be used again, and the page that says so can be', async () => {
    const agent = createUserAgent()
    const page = await agent.open(`${authly.issuer}/login`)
    const { form, input } = await answerWithPasskey(page, key)
    expect((await agent.submit(page, form, input)).url.pathname).toBe('/account')
    const other = createUserAgent()
    await other.submit(page, form, input)
    expect(other.cookies.get('authly_session')).toBeUndefined()
    const again = await agent.submit(page, form, input)
    expect(again.status).toBe(400)
    expect(again.text).toContain('already been used')
    const next = await answerWithPasskey(again, key)
    expect((await agent.submit(again, next.form, next.input)).url.pathname).toBe('/account')
  })
})

describe('the page', () => {
  it('asks every browser for the same: no list of credentials', async () => {
    const page = await openSignIn(createUserAgent())
    const { options } = await answerWithPasskey(page, key)
    expect(options).toMatchObject({ rpId: passkeyDomain, allowCredentials: [], userVerification: 'required' })
  })

  it('names the origins that may use passkeys', async () => {
    const response = await fetch(`${authly.issuer}/.well-known/webauthn`)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ origins: [authly.issuer] })
  })
})
