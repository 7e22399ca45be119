import { env } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { createEvent } from '../../src/audit/create-event.ts'
import { insertEvents } from '../../src/audit/insert-events.store.ts'
import { readDocument } from '../../src/client-registration/read-document.ts'
import { configOf } from '../../src/config.ts'
import { clients, consents } from '../../src/db/schema.ts'
import { createObjectReplica } from '../../src/edge-cache/edge-replica.object.ts'
import { supportedLanguages } from '../../src/messages/languages.ts'
import { testDatabase } from '../fakes/database.ts'
import { allow, answerOf, type Browser, openBrowser, type Shown, signIn } from '../login/browser.ts'
import { addPerson, authorizePath, goodPassword, type Person } from '../login/people.ts'
import { addAdmin, callAdmin, testDependencies } from '../worker/admin-client.ts'
import { changingSettings } from '../worker/change-setting.ts'
import { callRegistration, json, register } from './registering.ts'

const changeSetting = changingSettings()
beforeEach(async () => {
  await changeSetting('client_registration.mode', 'open')
  await changeSetting('client_registration.documents', 'on')
})

const callback = 'https://app.test/cb'
const metadata = {
  ...{ client_name: 'Your Bank', redirect_uris: [callback], token_endpoint_auth_method: 'none' },
  ...{ client_uri: 'https://bank.example', policy_uri: 'https://bank.example/privacy' },
  ...{ tos_uri: 'https://bank.example/terms', logo_uri: 'https://bank.example/logo.png' },
  ...{ initiate_login_uri: 'https://bank.example/start', post_logout_redirect_uris: [callback] },
}

async function registered() {
  const given = await json(register(metadata), 201)
  const id = given['client_id'] as string
  const token = given['registration_access_token'] as string
  const put = (more: object) =>
    json(
      callRegistration(`/oauth/register/${id}`, {
        method: 'PUT',
        token,
        body: { ...metadata, client_id: id, ...more },
      }),
    )
  return { id, put }
}

let documents = 0
/** A document as a fetch leaves it behind. */
async function described(
  more: Record<string, unknown> = {},
  at = `https://editor${++documents}.example/client.json`,
) {
  const config = configOf(env)
  const text = JSON.stringify({ ...metadata, client_id: at, ...more })
  const known = {
    ...{
      metadata: await readDocument(text, at, config),
      fetched_at: Date.now(),
      fresh_until: Date.now() + 3_600_000,
    },
  }
  expect(known.metadata).toBeDefined()
  const entry = { value: JSON.stringify(known), version: Date.now(), loadedAt: Date.now() }
  await createObjectReplica(env.EDGE_REPLICA, config).put(`client-document:${at}`, entry)
  return at
}

async function signedIn(): Promise<{ browser: Browser; person: Person }> {
  const [browser, person] = [openBrowser(), await addPerson()]
  await signIn(browser, person.email, goodPassword)
  return { browser, person }
}

const ask = async (browser: Browser, client: string, more: Record<string, string> = {}): Promise<Shown> =>
  browser.follow(await browser.get(authorizePath(client, more)))

async function review(client: string) {
  const path = `/admin/clients/${encodeURIComponent(client)}`
  const answer = await callAdmin(await addAdmin(), 'PATCH', path, {
    body: { reviewed: true },
    headers: { 'if-match': '*' },
  })
  expect(answer.status).toBe(200)
}

const clientsOf: readonly (readonly [string, () => Promise<string>, string])[] = [
  ['registered itself', async () => (await registered()).id, 'app.test'],
  ['is described by its document', () => described(), '.example'],
]

describe.each(clientsOf)('a client that %s', (_how, make, host) => {
  test('is shown by its host and as not reviewed, without links and logo', async () => {
    const { browser } = await signedIn()
    const client = await make()
    const page = await ask(browser, client)
    const caution = /<p class="caution">([\s\S]*?)<\/p>/.exec(page.html)?.[1] ?? ''
    expect(caution).toContain('Nobody here has reviewed this application')
    expect(caution).toContain(host)
    expect(page.html).not.toContain('bank.example')
  })

  test('says so in every language', async () => {
    const { browser } = await signedIn()
    const client = await make()
    const said = new Set()
    for (const language of supportedLanguages) {
      const { html } = await ask(browser, client, { ui_locales: language })
      said.add(/<p class="caution">([\s\S]*?)<\/p>/.exec(html)?.[1])
    }
    expect(said.size).toBe(supportedLanguages.length)
    expect(said).not.toContain(undefined)
  })

  test('never gets a code without a page: not the second time, and not by prompt=none', async () => {
    const { browser } = await signedIn()
    const client = await make()
    expect(answerOf(await allow(browser, await ask(browser, client))).get('code')).toBeTruthy()
    const again = await ask(browser, client)
    expect(again.html).toContain('caution')
    expect(answerOf(await ask(browser, client, { prompt: 'none' })).get('error')).toBe('consent_required')
    expect(answerOf(await allow(browser, again)).get('code')).toBeTruthy()
  })

  test('gets no admin scopes, whatever it asks for', async () => {
    const { browser } = await signedIn()
    const client = await make()
    const refused = await ask(browser, client, { scope: 'admin:users:read admin:users:write' })
    expect(refused.html).toContain('<code>invalid_scope</code>')
  })

  test('leads nobody away by an error of its own making (RFC 9700 §4.11.2: open redirect, phishing)', async () => {
    const client = await make()
    const mistakes: Record<string, string>[] = [
      { scope: 'no-such-scope' },
      { response_type: 'token' },
      { prompt: 'create' },
      { max_age: 'x' },
    ]
    // A link that grows in the URL of the sign-in page.
    const long = `${authorizePath(client)}&x=${'\\'.repeat(6500)}`
    for (const browser of [openBrowser(), (await signedIn()).browser]) {
      for (const more of mistakes) {
        const { status, location } = await browser.get(authorizePath(client, more))
        expect([status, location], Object.keys(more)[0]).toEqual([400, undefined])
      }
      expect((await browser.get(long)).location).toBeUndefined()
      const silent = authorizePath(client, { prompt: 'none' })
      expect((await browser.get(silent, { 'sec-fetch-dest': 'document' })).location).toBeUndefined()
      // In a frame the page around it is the application's own.
      const framed = await browser.get(silent, { 'sec-fetch-dest': 'iframe' })
      expect(framed.location).toMatch(/^https:\/\/app\.test\/cb\?error=/)
    }
  })

  test('is called by its host wherever people sign in or out, not by the name it chose (phishing)', async () => {
    const client = await make()
    const stranger = openBrowser()
    const { browser } = await signedIn()
    const logout = `/oidc/logout?client_id=${encodeURIComponent(client)}`
    const pages = [
      await stranger.follow(await stranger.get(authorizePath(client))),
      await ask(browser, client, { prompt: 'login' }),
      await ask(browser, client, { prompt: 'select_account' }),
      await browser.get(logout),
    ]
    for (const page of pages) {
      expect(page.status).toBe(200)
      expect(page.html).toContain(host)
      expect(page.html).not.toContain('Your Bank')
    }
  })

  test('hears of the refusal of a person who was asked', async () => {
    const { browser } = await signedIn()
    const page = await ask(browser, await make())
    const denied = await browser.follow(await browser.post('/consent', { ...page.hidden, decision: 'deny' }))
    expect(answerOf(denied).get('error')).toBe('access_denied')
  })

  test('leads nobody away by a sign-out that is not about their session (RFC 9700 §4.11: open redirect)', async () => {
    const client = await make()
    const path = `/oidc/logout?${new URLSearchParams({
      ...{ client_id: client, post_logout_redirect_uri: callback },
    })}`
    const stranger = await openBrowser().get(path)
    expect([stranger.status, stranger.location]).toEqual([200, undefined])
    expect(stranger.html).not.toContain(callback)
    const { browser } = await signedIn()
    const question = await browser.get(path)
    const answered = await browser.post('/oidc/logout/confirm', question.hidden)
    expect(answered.location ?? '').not.toContain('app.test')
  })

  test('is not linked to from the page of a sign-in that was lost, nor from the account', async () => {
    const client = await make()
    const begun = await openBrowser().get(authorizePath(client))
    expect(begun.location).toMatch(/^\/login\?interaction=/)
    const { browser } = await signedIn()
    expect((await browser.get(begun.location ?? '')).html).not.toMatch(/href="https:/)
    await allow(browser, await ask(browser, client))
    const account = await browser.get('/account/applications')
    expect(account.html).not.toContain('bank.example')
  })

  test('is listed in the account by its host and as not reviewed, and so in the history (phishing)', async () => {
    const { browser, person } = await signedIn()
    const client_id = await make()
    await allow(browser, await ask(browser, client_id))
    const { html } = await browser.get('/account/applications')
    const name = /<strong id="application-1">([\s\S]*?)<\/strong>/.exec(html)?.[1]
    expect(name).toContain(host)
    expect(name).not.toContain('Your Bank')
    expect(html).toContain('<span class="tag">not reviewed</span>')
    expect(html).toContain('It calls itself “\u2068Your Bank\u2069”.')
    const event = createEvent('consent.granted', Date.now(), undefined, {
      ...{ outcome: 'success', actor_type: 'user', actor_id: person.id, user_id: person.id, client_id },
    })
    await testDatabase().execute(insertEvents([event]))
    const history = await browser.get('/account/security/history')
    expect(history.html).toContain('An application got access')
    expect(history.html).toContain(host)
    expect(history.html).not.toContain('Your Bank')
  })

  test('once reviewed it is like any other: consent is remembered', async () => {
    const { browser } = await signedIn()
    const client = await make()
    await allow(browser, await ask(browser, client))
    await review(client)
    expect(answerOf(await ask(browser, client, { prompt: 'none' })).get('code')).toBeTruthy()
  })

  test('is among the applications of whoever agreed to it, and can be taken away', async () => {
    const { browser, person } = await signedIn()
    const client = await make()
    await allow(browser, await ask(browser, client))
    expect((await browser.get('/account/applications')).html).toContain('Your Bank')
    const { csrf_token = '' } = (await browser.get('/password')).hidden
    await browser.post('/account/applications/withdraw', { csrf_token, client_id: client })
    const left = await testDatabase().execute(sql`select 1 from consents where user_id = ${person.id}::uuid`)
    expect(left.rows).toEqual([])
  })
})

describe('a client that registered the address of somebody else before its own', () => {
  const bank = 'https://bank.example/cb'
  const make = async () =>
    (await json(register({ ...metadata, redirect_uris: [bank, callback] }), 201))['client_id'] as string

  test('is called by where this request leads, on every page (phishing)', async () => {
    const client = await make()
    const stranger = openBrowser()
    const { browser } = await signedIn()
    const pages = [
      await stranger.follow(await stranger.get(authorizePath(client))),
      await ask(browser, client, { prompt: 'login' }),
      await ask(browser, client, { prompt: 'select_account' }),
      await ask(browser, client),
    ]
    for (const page of pages) {
      expect(page.status).toBe(200)
      expect(page.html).toContain('app.test')
      expect(page.html).not.toContain('bank.example')
    }
  })

  test('is called by its id where there is no request', async () => {
    const client = await make()
    const { browser } = await signedIn()
    await allow(browser, await ask(browser, client))
    for (const path of [`/oidc/logout?client_id=${client}`, '/account/applications']) {
      const page = await browser.get(path)
      expect(page.html).toContain(client)
      expect(page.html).not.toContain('bank.example')
    }
  })
})

describe('consent is for the redirect URIs and keys that the client had', () => {
  test('of a registration: a change asks anew, though it was reviewed again', async () => {
    const { browser } = await signedIn()
    const { id, put } = await registered()
    await allow(browser, await ask(browser, id))
    await put({ redirect_uris: [callback, 'https://evil.example/cb'] })
    await review(id)
    expect(answerOf(await ask(browser, id, { prompt: 'none' })).get('error')).toBe('consent_required')
    await allow(browser, await ask(browser, id))
    expect(answerOf(await ask(browser, id, { prompt: 'none' })).get('code')).toBeTruthy()
  })

  test('of a registration: with other redirect URIs it loses the authorization details that it was given', async () => {
    const { browser } = await signedIn()
    const { id, put } = await registered()
    const admin = await addAdmin()
    const type = `payment-${crypto.randomUUID()}`
    const resource = `https://bank.example/${type}`
    const given = [
      ['/admin/resource-servers', { resource, name: 'Bank', open_to_unreviewed: true }],
      ['/admin/authorization-details-types', { ...{ type, resource }, description: 'Pay', schema: {} }],
    ] as const
    for (const [path, body] of given) {
      const answer = await callAdmin(admin, 'POST', path, { body })
      expect(answer.status, await answer.clone().text()).toBe(201)
    }
    await testDatabase()
      .update(clients)
      .set({ resources: [resource], authorization_details_types: [type] })
      .where(sql`client_id = ${id}`)
    await review(id)
    const details = { resource, authorization_details: JSON.stringify([{ type }]) }
    const page = await ask(browser, id, details)
    expect(page.html).toContain('Pay')
    await put({ redirect_uris: [callback, 'https://evil.example/cb'] })
    const refused = await ask(browser, id, details)
    expect(refused.html).toContain('invalid_authorization_details')
    await review(id)
    expect((await ask(browser, id, details)).html).toContain('Pay')
  })

  test('of a document: other redirect URIs ask anew, and take the review back', async () => {
    const { browser, person } = await signedIn()
    const client = await described()
    await allow(browser, await ask(browser, client))
    await review(client)
    const evil = { redirect_uris: [callback, 'https://evil.example/cb'] }
    await described(evil, client)
    // Another isolate, which has no copy of its own, reads what the first has left in the region.
    const { createFindByDocument } = await import('../../src/client-registration/find-by-document.ts')
    const deps = testDependencies()
    const find = createFindByDocument({
      ...{
        config: configOf(env),
        now: Date.now,
        readSettings: deps.readSettings,
        loadScopeCatalog: deps.loadScopeCatalog,
      },
      ...{ rateLimiter: deps.rateLimiter, replica: createObjectReplica(env.EDGE_REPLICA, configOf(env)) },
      ...{ address: () => undefined, memory: new Map(), waitUntil: () => undefined },
      findStored: async () => undefined,
    })
    const changed = await find(client)
    expect(changed).toMatchObject({ reviewed: false, redirect_uris: evil.redirect_uris })
    const [stored] = await testDatabase().select().from(consents).where(sql`user_id = ${person.id}::uuid`)
    expect(stored?.fingerprint).toEqual(expect.any(String))
    expect(stored?.fingerprint).not.toBe(changed?.fingerprint)
    // Whoever agrees to it now has agreed to the new one alone, and the review is gone.
    if (!changed) throw new Error('it must be there')
    await deps.keepDescribedClient(changed, person.id, {
      ip: undefined,
      user_agent: undefined,
      request_id: 'r',
    })
    const { rows } = await testDatabase().execute(
      sql`select reviewed, redirect_uris from clients where client_id = ${client}`,
    )
    expect(rows).toEqual([{ reviewed: false, redirect_uris: evil.redirect_uris }])
    const events = await testDatabase().execute(sql`
      select type from audit_events where entity_id = ${client} and type like 'client.%' order by position`)
    expect(events.rows.map(({ type }) => type)).toEqual([
      'client.registered',
      'client.updated',
      'client.document_changed',
    ])
  })
})

describe('an id that is an address', () => {
  test('whose document cannot be used gets a page that says what to do, the same for every reason', async () => {
    const pages = new Set()
    for (const id of [
      'https://10.0.0.1/client.json',
      'https://db.internal/client.json',
      'https://no-such-host.invalid/client.json',
      'https://app.example/a/../client.json',
    ]) {
      const page = await openBrowser().get(authorizePath(id))
      expect(page.status).toBe(400)
      expect(page.location).toBeUndefined()
      pages.add(page.html.replaceAll(/<code>[^<]*<\/code>|Reference[^<]*|[0-9a-f-]{36}/g, ''))
    }
    expect([...pages]).toHaveLength(1)
    expect([...pages][0]).toContain('try again in a minute')
  })

  test('is an unknown client at the token endpoint (RFC 6749 §5.2)', async () => {
    const answer = await callRegistration('/oauth/token', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'https://10.0.0.1/client.json',
        code: 'x',
      }).toString(),
    })
    expect(await answer.json()).toMatchObject({ error: 'invalid_client' })
  })

  test('stays a client while it is disabled, and cannot be deleted: its next request would bring it back', async () => {
    const { browser } = await signedIn()
    const client = await described()
    await allow(browser, await ask(browser, client))
    const admin = await addAdmin()
    const path = `/admin/clients/${encodeURIComponent(client)}`
    const headers = { 'if-match': '*' }
    expect((await callAdmin(admin, 'DELETE', path, { headers })).status).toBe(409)
    expect((await callAdmin(admin, 'PATCH', path, { headers, body: { enabled: false } })).status).toBe(200)
    expect((await browser.get(authorizePath(client))).status).toBe(400)
  })
})
