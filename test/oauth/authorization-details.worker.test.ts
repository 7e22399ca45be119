/** Rich authorization requests (RFC 9396), from the request to the API's token. */
import { SELF } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { clients, scopes } from '../../src/db/schema.ts'
import { sha256 } from '../../src/kit/hash.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'
import { allow, answerOf, type Browser, openBrowser, type Shown, signInFrom } from '../login/browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword } from '../login/people.ts'
import { addAdmin, callAdmin } from '../worker/admin-client.ts'
import { useSettings } from '../worker/local-settings.ts'

beforeEach(() => useSettings({}))

const verifier = 'v'.repeat(43)
const resource = `https://bank.example/${uuidv7()}`
const other = `https://files.example/${uuidv7()}`
const payment = `payment_${uuidv7()}`
const folder = `folder_${uuidv7()}`

const amountSchema = {
  type: 'object',
  properties: { currency: { type: 'string' }, amount: { type: 'string' } },
  required: ['currency', 'amount'],
  additionalProperties: false,
}
const paymentType = {
  ...{ type: payment, resource, description: 'Pay {instructedAmount.amount} {instructedAmount.currency}' },
  schema: {
    type: 'object',
    properties: {
      creditorName: { type: 'string', maxLength: 70 },
      instructedAmount: { $ref: '#/$defs/amount' },
    },
    required: ['creditorName', 'instructedAmount'],
    $defs: { amount: amountSchema },
  },
}
const folderType = {
  ...{ type: folder, resource: other, description: 'Read the folder {name}' },
  schema: { properties: { name: { type: 'string' } } },
}
const pay = (amount: string, creditorName = 'Erna’s <b>Bakery</b>') => ({
  type: payment,
  creditorName,
  instructedAmount: { currency: 'EUR', amount },
})

let admin: Awaited<ReturnType<typeof addAdmin>>

beforeAll(async () => {
  admin = await addAdmin()
  // Those of `addApplication`; as in a deployment, they exist.
  const rows = ['openid', 'profile', 'email'].map((name) => ({ name, description: 'x' }))
  await testDatabase().insert(scopes).values(rows).onConflictDoNothing()
  for (const [each, name] of [
    [resource, 'Bank'],
    [other, 'Files'],
  ] as const) {
    const answer = await callAdmin(admin, 'POST', '/admin/resource-servers', {
      body: { resource: each, name },
    })
    expect(answer.status).toBe(201)
  }
  for (const body of [paymentType, folderType]) {
    const answer = await callAdmin(admin, 'POST', '/admin/authorization-details-types', { body })
    expect(answer.status, await answer.clone().text()).toBe(201)
  }
})

/** An application that may ask for payments and folders. */
async function addShop(columns: Partial<typeof clients.$inferInsert> = {}): Promise<string> {
  const id = await addApplication()
  await testDatabase()
    .update(clients)
    .set({
      ...{ grant_types: ['authorization_code', 'refresh_token'], resources: [resource, other] },
      authorization_details_types: [payment, folder],
      ...columns,
    })
    .where(eq(clients.client_id, id))
  return id
}

const path = async (app: string, details: unknown, more: Record<string, string> = {}) =>
  authorizePath(app, {
    code_challenge: await sha256(verifier),
    authorization_details: typeof details === 'string' ? details : JSON.stringify(details),
    ...more,
  })

/** Without the marks that keep values apart from the text around them. */
const textOf = ({ html }: Shown) => html.replaceAll(/[\u2068\u2069]/g, '')

/** Signs in, up to the consent page. */
const openConsent = async (browser: Browser, start: string, email: string): Promise<Shown> =>
  browser.follow(await signInFrom(browser, await browser.get(start), email, goodPassword))

const allowedCode = async (browser: Browser, consent: Shown): Promise<string> =>
  answerOf(await allow(browser, consent)).get('code') ?? ''

async function askToken(fields: Record<string, string>) {
  const answer = await SELF.fetch('https://auth.test/oauth/token', {
    method: 'POST',
    body: new URLSearchParams(fields),
  })
  return (await answer.json()) as Record<string, string> & { authorization_details?: unknown }
}

const redeem = (client_id: string, code: string, more: Record<string, string> = {}) =>
  askToken({
    ...{ grant_type: 'authorization_code', client_id, code, code_verifier: verifier },
    ...{ redirect_uri: 'https://app.test/cb', ...more },
  })

const claimsOf = (tokens: Record<string, unknown>) => decodeJwt(String(tokens['access_token']))

describe('authorization details (RFC 9396)', () => {
  it('are shown in words, nothing left out, and are in the token of their API', async () => {
    const [person, app] = [await addPerson(), await addShop()]
    const browser = openBrowser()
    const details = [pay('123.50')]
    const consent = await openConsent(browser, await path(app, details), person.email)
    expect(textOf(consent)).toContain('Pay 123.50 EUR')
    expect(consent.html).toContain('creditorName')
    expect(consent.html).toContain('Erna’s &lt;b&gt;Bakery&lt;/b&gt;')
    const tokens = await redeem(app, await allowedCode(browser, consent))
    expect(tokens.authorization_details).toEqual(details)
    expect(claimsOf(tokens)).toMatchObject({
      aud: [resource, 'https://auth.test'],
      authorization_details: details,
    })
  })

  it('are asked about each time: an earlier consent was about another payment', async () => {
    const [person, app] = [await addPerson(), await addShop()]
    const browser = openBrowser()
    await allow(browser, await openConsent(browser, await path(app, [pay('1.00')]), person.email))
    const second = await browser.follow(await browser.get(await path(app, [pay('2.00')])))
    expect(textOf(second)).toContain('Pay 2.00 EUR')
    const silent = await browser.get(await path(app, [pay('2.00')], { prompt: 'none' }))
    expect(answerOf(silent).get('error')).toBe('consent_required')
    expect(answerOf(await browser.get(authorizePath(app))).get('code')).toBeTruthy()
  })

  it('are narrowed at the token endpoint to some of them, and never widened (§6)', async () => {
    const [person, app] = [await addPerson(), await addShop()]
    const browser = openBrowser()
    const granted = [pay('5.00'), { type: folder, name: 'Bills' }]
    const code = await allowedCode(
      browser,
      await openConsent(browser, await path(app, granted), person.email),
    )
    const wider = await redeem(app, code, { authorization_details: JSON.stringify([pay('500.00')]) })
    expect(wider['error']).toBe('invalid_authorization_details')
    const first = await redeem(app, code, { resource })
    expect(claimsOf(first)).toMatchObject({ aud: resource, authorization_details: [granted[0]] })
    const refresh = { grant_type: 'refresh_token', client_id: app }
    const wrong = await askToken({
      ...{ ...refresh, refresh_token: first['refresh_token'] ?? '' },
      authorization_details: JSON.stringify([{ ...pay('5.00'), creditorName: 'Mallory' }]),
    })
    expect(wrong['error']).toBe('invalid_authorization_details')
    // The members of an object have no order.
    const { type, ...members } = pay('5.00')
    const same = await askToken({
      ...{ ...refresh, refresh_token: first['refresh_token'] ?? '' },
      authorization_details: JSON.stringify([{ ...members, type }]),
    })
    expect(same.authorization_details).toEqual([granted[0]])
    const files = await askToken({ ...refresh, refresh_token: same['refresh_token'] ?? '', resource: other })
    expect(claimsOf(files)).toMatchObject({ aud: other, authorization_details: [granted[1]] })
  })

  it('are listed where access is withdrawn, and gone when it is', async () => {
    const [person, app] = [await addPerson(), await addShop()]
    const browser = openBrowser()
    const code = await allowedCode(
      browser,
      await openConsent(browser, await path(app, [pay('7.00')]), person.email),
    )
    const tokens = await redeem(app, code)
    const page = await browser.follow(await browser.get('/account/applications'))
    expect(textOf(page)).toContain('Pay 7.00 EUR')
    await browser.post('/account/applications/withdraw', { ...page.hidden, client_id: app })
    const refused = await askToken({
      ...{ grant_type: 'refresh_token', client_id: app, refresh_token: tokens['refresh_token'] ?? '' },
    })
    expect(refused['error']).toBe('invalid_grant')
  })

  it('are gone from tokens when the client may no longer ask for them', async () => {
    const [person, app] = [await addPerson(), await addShop()]
    const browser = openBrowser()
    const code = await allowedCode(
      browser,
      await openConsent(browser, await path(app, [pay('7.00')]), person.email),
    )
    const body = { authorization_details_types: [folder] }
    const headers = { 'if-match': '*' }
    const changed = await callAdmin(admin, 'PATCH', `/admin/clients/${app}`, { body, headers })
    expect(changed.status, await changed.clone().text()).toBe(200)
    expect(await redeem(app, code)).not.toHaveProperty('authorization_details')
  })

  it.each([
    ['no JSON', '{'],
    ['no array', { type: payment }],
    ['an empty array', []],
    ['no type', [{ amount: 1 }]],
    ['an unknown type', [{ type: 'unknown' }]],
    ['a member that its type does not know', [{ ...pay('1.00'), urgent: true }]],
    ['a member of the wrong kind', [{ ...pay('1.00'), creditorName: 7 }]],
    ['a member missing', [{ type: payment, creditorName: 'x' }]],
    ['another API as location', [{ ...pay('1.00'), locations: [other] }]],
    ['a prototype', '[{"type":"__proto__","__proto__":{"type":"x"}}]'],
    ['too many', Array.from({ length: 17 }, () => ({ type: folder, name: 'x' }))],
    ['too deep', `[{"type":"${folder}","name":${'['.repeat(20)}${']'.repeat(20)}}]`],
    ['too long', [{ type: folder, name: 'x'.repeat(4096) }]],
  ])('with %s are refused at the client, before anybody is asked', async (_what, details) => {
    const app = await addShop()
    const shown = await openBrowser().get(await path(app, details))
    expect(answerOf(shown).get('error')).toBe('invalid_authorization_details')
    expect(answerOf(shown).get('error_description')).toMatch(/^[\x20-\x7e]+$/)
  })

  it('of a type that only others may ask for look like those of an unknown one', async () => {
    const app = await addShop({ authorization_details_types: [folder] })
    const ask = async (details: unknown) =>
      answerOf(await openBrowser().get(await path(app, details))).get('error_description')
    expect(await ask([pay('1.00')])).toBe(await ask([{ type: 'unknown' }]))
    const unregistered = await addShop({ resources: [other] })
    const shown = await openBrowser().get(await path(unregistered, [pay('1.00')]))
    expect(answerOf(shown).get('error')).toBe('invalid_authorization_details')
  })

  it('are listed in the metadata', async () => {
    const answer = await SELF.fetch('https://auth.test/.well-known/openid-configuration')
    const { authorization_details_types_supported: types } = (await answer.json()) as Record<string, string[]>
    expect(types).toEqual(expect.arrayContaining([payment, folder]))
  })
})

describe('types of authorization details', () => {
  const at = (type: string) => `/admin/authorization-details-types/${encodeURIComponent(type)}`
  const create = (body: object) => callAdmin(admin, 'POST', '/admin/authorization-details-types', { body })
  const headers = { 'if-match': '*' }

  it('are registered, read, changed and deleted, with ETags all the way', async () => {
    const type = `t_${uuidv7()}`
    const created = await create({ ...folderType, type })
    expect(created.status).toBe(201)
    const read = await callAdmin(admin, 'GET', at(type))
    expect(await read.json()).toEqual(await created.json())
    const schema = { properties: { path: { type: ['string', 'null'], default: null } } }
    const changed = await callAdmin(admin, 'PATCH', at(type), {
      body: { schema },
      headers: { 'if-match': '"1"' },
    })
    expect(await changed.json()).toMatchObject({ schema, description: folderType.description })
    expect(
      (await callAdmin(admin, 'PATCH', at(type), { body: {}, headers: { 'if-match': '"1"' } })).status,
    ).toBe(412)
    expect((await callAdmin(admin, 'DELETE', at(type), { headers })).status).toBe(204)
    expect((await callAdmin(admin, 'GET', at(type))).status).toBe(404)
  })

  it('need a name of their own, an API that exists, and a schema that stands by itself', async () => {
    expect((await create(paymentType)).status).toBe(409)
    expect((await create({ ...folderType, type: 'new', resource: 'https://nobody.example' })).status).toBe(
      409,
    )
    for (const schema of [
      { $ref: 'https://schemas.example/x' },
      { properties: { a: { $ref: '#/$defs/none' } } },
    ]) {
      expect((await create({ ...folderType, type: 'new', schema })).status, JSON.stringify(schema)).toBe(400)
    }
  })

  it('stay while a client names them, and so does their API', async () => {
    await addShop()
    expect((await callAdmin(admin, 'DELETE', at(folder), { headers })).status).toBe(409)
    const server = `https://api.example/${uuidv7()}`
    await callAdmin(admin, 'POST', '/admin/resource-servers', { body: { resource: server, name: 'x' } })
    await create({ ...folderType, type: `t_${uuidv7()}`, resource: server })
    const path = `/admin/resource-servers/${encodeURIComponent(server)}`
    expect((await callAdmin(admin, 'DELETE', path, { headers })).status).toBe(409)
  })

  it('of a client must exist', async () => {
    const body = {
      client_name: 'Shop',
      redirect_uris: ['https://shop.example/cb'],
      authorization_details_types: ['nobody knows'],
    }
    const refused = await callAdmin(admin, 'POST', '/admin/clients', { body })
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain('#/authorization_details_types/0')
  })

  it('of a client must exist also when nothing else of it changes', async () => {
    const path = `/admin/clients/${await addShop()}`
    const patch = (types: readonly string[]) =>
      callAdmin(admin, 'PATCH', path, { body: { authorization_details_types: types }, headers })
    const refused = await patch([folder, 'nobody knows'])
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({
      type: 'urn:authly:problem:invalid_request',
      errors: [{ pointer: '#/authorization_details_types/1', detail: 'is not a type here' }],
    })
    expect((await patch([folder])).status).toBe(200)
  })
})
