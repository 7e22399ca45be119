import { env, runInDurableObject } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import {
  CompactEncrypt,
  compactDecrypt,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  SignJWT,
} from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPrepareEncryption } from '../../../src/clients/prepare-encryption.ts'
import { clients } from '../../../src/db/schema.ts'
import { chooseLanguage } from '../../../src/messages/choose-language.ts'
import { authorizationResponse } from '../../../src/oauth/authorize/authorization-response.ts'
import { authorize } from '../../../src/oauth/authorize/authorize.ts'
import { parseQuery } from '../../../src/protocol/parameters.ts'
import { fetchFrom } from '../../contracts/worker-client.ts'
import { testDatabase } from '../../fakes/database.ts'
import { allow, issuer, openBrowser } from '../../login/browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword } from '../../login/people.ts'
import { testDependencies } from '../../worker/admin-client.ts'
import { useSettings } from '../../worker/local-settings.ts'

beforeEach(() => useSettings({}))

/** A worker with other variables. */
const workerWith = (variables: Record<string, string>) => {
  const bindings = { ...env, ...variables } as Env
  return (url: string, init: RequestInit = {}): Promise<Response> => fetchFrom(url, init, bindings)
}

const asItIs = workerWith({})

/** What the application pushed, as a path for the browser. */
async function pushedPath(
  clientId: string,
  more: Record<string, string> = {},
  sendTo = asItIs,
): Promise<string> {
  const body = new URLSearchParams(authorizePath(clientId, more).split('?')[1])
  const response = await sendTo(`${issuer}/oauth/par`, { method: 'POST', body })
  expect(response.status).toBe(201)
  const { request_uri } = (await response.json()) as { request_uri: string }
  return `/oauth/authorize?${new URLSearchParams({ client_id: clientId, request_uri })}`
}

/** Ids in the object where requests of this client are marked as used, and until when. */
const marksOf = (clientId: string) =>
  runInDurableObject(env.SINGLE_USE.getByName(`authorization-request:${clientId}`), (_, { storage }) => {
    const tables = storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'spent'").toArray()
    return tables.length === 0
      ? []
      : storage.sql.exec<{ keep_until: number }>('SELECT keep_until FROM spent').toArray()
  })

describe('a deployment where every client pushes its requests (RFC 9126 §5)', () => {
  const strict = workerWith({ AUTHLY_REQUIRE_PUSHED_AUTHORIZATION_REQUESTS: 'true' })

  it('says so, and refuses what is in a link', async () => {
    const app = await addApplication()
    const metadata = async (sendTo: typeof strict) =>
      (await sendTo(`${issuer}/.well-known/openid-configuration`)).json()
    expect(await metadata(strict)).toMatchObject({ require_pushed_authorization_requests: true })
    expect(await metadata(asItIs)).toMatchObject({ require_pushed_authorization_requests: false })
    const browser = openBrowser(undefined, strict)
    const refused = new URL((await browser.get(authorizePath(app))).location ?? '')
    expect(refused.origin).toBe('https://app.test')
    expect(refused.searchParams.get('error')).toBe('invalid_request')
    expect((await browser.get(await pushedPath(app, {}, strict))).location).toMatch(/^\/login/)
  })
})

describe('a pushed request', () => {
  afterEach(() => void vi.useRealTimers())

  it('stores nothing until it is answered, and then one mark, for as long as a sign-in could end', async () => {
    const [person, app] = [await addPerson(), await addApplication()]
    const browser = openBrowser()
    const path = await pushedPath(app, { ui_locales: 'de' })
    for (let load = 0; load < 3; load++) await browser.get(path)
    expect(await marksOf(app)).toEqual([])

    const login = await browser.follow(await browser.get(path))
    expect(login.html).toContain('lang="de"')
    const fields = { ...login.hidden, identifier: person.email, password: goodPassword }
    const consent = await browser.follow(await browser.post('/login', fields))
    const done = await allow(browser, consent)
    expect(new URL(done.location ?? '').searchParams.get('state')).toBe('s1')
    const marks = await marksOf(app)
    expect(marks).toHaveLength(1)
    // Five minutes of the handle, half an hour of the sign-in.
    expect(marks[0]?.keep_until).toBeGreaterThan(Date.now() + 30 * 60_000)
    expect(marks[0]?.keep_until).toBeLessThan(Date.now() + 37 * 60_000)
  })

  it('is not used up, and nobody signs in, while its response cannot be encrypted (JARM §2.2)', async () => {
    const app = await addApplication()
    await testDatabase()
      .update(clients)
      .set({ authorization_encrypted_response_alg: 'ECDH-ES', jwks: { keys: [] } })
      .where(eq(clients.client_id, app))
    for (const prompt of ['login', 'none']) {
      const page = await openBrowser().get(await pushedPath(app, { response_mode: 'jwt', prompt }))
      expect([page.status, page.location], prompt).toEqual([503, undefined])
      expect(page.html).toContain('temporarily_unavailable')
    }
    expect(await marksOf(app)).toEqual([])
  })

  it('is answered with the key that was there before it was used up, though the client has none now', async () => {
    const app = await addApplication()
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), use: 'enc' }
    await testDatabase()
      .update(clients)
      .set({ authorization_encrypted_response_alg: 'ECDH-ES', jwks: { keys: [jwk] } })
      .where(eq(clients.client_id, app))
    const parameters = parseQuery(
      `${issuer}${await pushedPath(app, { response_mode: 'query.jwt', prompt: 'none' })}`,
    )
    if (!parameters.ok) throw new Error(parameters.error)
    const fetched = [{ keys: [jwk] }]
    const deps = Object.defineProperty(testDependencies(), 'prepareEncryption', {
      value: createPrepareEncryption({ fetchClientJwks: async () => fetched.pop() }),
    })
    const { outcome, encrypt } = await authorize(deps, {
      ...{ parameters: parameters.value, cookieHeader: undefined, interaction: undefined },
      origin: { ip: '192.0.2.7', user_agent: 'test', request_id: 'test' },
    })
    if (outcome.kind !== 'redirect') throw new Error(outcome.kind)
    expect(await marksOf(app)).toHaveLength(1)
    expect(await deps.prepareEncryption(outcome.target.client, 'authorization')).toMatchObject({ ok: false })
    const english = async () => chooseLanguage('en', undefined)
    const response = await authorizationResponse(deps, outcome.target, outcome, encrypt, english)
    const sent = new URL(response.headers.get('location') ?? '').searchParams.get('response') ?? ''
    const { plaintext } = await compactDecrypt(sent, privateKey)
    expect(decodeJwt(new TextDecoder().decode(plaintext))).toMatchObject({ error: 'login_required' })
  })

  it('begins a sign-in for five minutes, which may then take its time', async () => {
    const [person, app] = [await addPerson(), await addApplication()]
    const [browser, late] = [openBrowser(), openBrowser()]
    const path = await pushedPath(app)
    const login = await browser.follow(await browser.get(path))
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 })
    // Or they would be read anew, as another file has left them.
    await useSettings({})
    const refused = await late.get(path)
    expect([refused.status, refused.location]).toEqual([400, undefined])
    expect(refused.html).toContain('invalid_request_uri')
    const fields = { ...login.hidden, identifier: person.email, password: goodPassword }
    const consent = await browser.follow(await browser.post('/login', fields))
    const done = await allow(browser, consent)
    expect(new URL(done.location ?? '').searchParams.get('code')).toMatch(/^authly_ac_/)
  })
})

describe('an encrypted request object (RFC 9101 §6.1)', () => {
  it('is encrypted to a key that this server publishes for it', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const app = await addApplication()
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] }
    await testDatabase().update(clients).set({ jwks }).where(eq(clients.client_id, app))
    await testDependencies().keyring.provide(['RSA-OAEP-256'])
    const published = (await (await asItIs(`${issuer}/.well-known/jwks.json`)).json()) as JSONWebKeySet
    const ours = published.keys.find(({ alg }) => alg === 'RSA-OAEP-256') as JWK
    expect(ours).toMatchObject({ use: 'enc', kid: expect.any(String) })

    const parameters = Object.fromEntries(new URLSearchParams(authorizePath(app).split('?')[1]))
    const signed = await new SignJWT({ iss: app, aud: issuer, ...parameters, ui_locales: 'fr' })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey)
    const request = await new CompactEncrypt(new TextEncoder().encode(signed))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: ours.kid as string, cty: 'JWT' })
      .encrypt(await importJWK(ours))
    const browser = openBrowser()
    const path = `/oauth/authorize?${new URLSearchParams({ client_id: app, request })}`
    const login = await browser.follow(await browser.get(path))
    expect(login.html).toContain('lang="fr"')
  })
})
