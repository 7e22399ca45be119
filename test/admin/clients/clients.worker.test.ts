import { env } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { exportJWK, generateKeyPair } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { encodeCursor } from '../../../src/admin/page-cursor.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin, testDependencies } from '../../worker/admin-client.ts'

const freshId = () => `client-of-test-${uuidv7().replaceAll('-', '')}`
const json = async (response: Response) => (await response.json()) as Record<string, unknown>
const shop = { client_name: 'Shop', redirect_uris: ['https://shop.example/callback'] }

async function addScopes(...names: string[]) {
  for (const name of names) {
    await testDatabase().execute(
      sql`insert into scopes (name, description) values (${name}, 'x') on conflict do nothing`,
    )
  }
}

const problemOf = async (response: Response): Promise<[number, readonly unknown[]]> => {
  const { errors } = (await response.json()) as { errors?: readonly unknown[] }
  return [response.status, errors ?? []]
}

afterEach(() => vi.restoreAllMocks())

describe('clients', () => {
  it('registers, reads, changes and deletes a client, with ETags all the way', async () => {
    const admin = await addAdmin()
    const client_id = freshId()
    const created = await callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, client_id } })
    expect(created.status, await created.clone().text()).toBe(201)
    expect(created.headers.get('location')).toBe(`/admin/clients/${client_id}`)
    expect(created.headers.get('etag')).toBe('"1"')
    const { client_secret, client_secret_expires_at, ...client } = await json(created)
    expect(client_secret).toMatch(/^authly_cs_[\w-]{43}$/)
    expect(client_secret_expires_at).toBe(0)
    const read = await callAdmin(admin, 'GET', `/admin/clients/${client_id}`)
    expect(read.headers.get('etag')).toBe('"1"')
    expect(await json(read)).toEqual(client)
    const patch = {
      body: { client_name: 'Better shop', default_max_age: 60, contacts: ['a@shop.example'] },
      headers: { 'if-match': '"1"' },
    }
    const changed = await callAdmin(admin, 'PATCH', `/admin/clients/${client_id}`, patch)
    expect(changed.status, await changed.clone().text()).toBe(200)
    expect(changed.headers.get('etag')).toBe('"2"')
    expect(await json(changed)).toMatchObject(patch.body)
    const lost = await callAdmin(admin, 'PATCH', `/admin/clients/${client_id}`, patch)
    expect([lost.status, lost.headers.get('etag')]).toEqual([412, '"2"'])
    const reset = await callAdmin(admin, 'PATCH', `/admin/clients/${client_id}`, {
      body: { default_max_age: null, contacts: null },
      headers: { 'if-match': '*' },
    })
    expect(await json(reset)).toMatchObject({ default_max_age: null, contacts: [] })
    const headers = { 'if-match': '"3"' }
    const gone = await callAdmin(admin, 'DELETE', `/admin/clients/${client_id}`, { headers })
    expect(gone.status, await gone.clone().text()).toBe(204)
    expect((await callAdmin(admin, 'GET', `/admin/clients/${client_id}`)).status).toBe(404)
  })

  it('registers how a client authenticates by certificate, where certificates arrive (RFC 8705 §2)', async () => {
    const admin = await addAdmin()
    const body = {
      ...{ ...shop, token_endpoint_auth_method: 'tls_client_auth' },
      ...{ tls_client_auth_subject_dn: 'CN=shop,C=DE', tls_client_certificate_bound_access_tokens: true },
    }
    const off = await problemOf(await callAdmin(admin, 'POST', '/admin/clients', { body }))
    expect(off[0]).toBe(400)
    expect(off[1]).toMatchObject([
      { pointer: '#/token_endpoint_auth_method' },
      { pointer: '#/tls_client_certificate_bound_access_tokens' },
    ])
    const on = { ...env, AUTHLY_MTLS_ORIGIN: 'https://mtls.auth.test' } as Env
    const created = await callAdmin(admin, 'POST', '/admin/clients', { body, env: on })
    expect(created.status, await created.clone().text()).toBe(201)
    const { client_id, client_secret, ...client } = await json(created)
    expect(client_secret).toBeUndefined()
    expect(client).toMatchObject({ ...body, token_endpoint_auth_methods: ['tls_client_auth'] })
    const patch = (changes: object) =>
      callAdmin(admin, 'PATCH', `/admin/clients/${client_id}`, {
        ...{ body: changes, headers: { 'if-match': '*' }, env: on },
      })
    expect((await patch({ tls_client_auth_san_dns: 'shop.example' })).status).toBe(400)
    const renamed = { tls_client_auth_subject_dn: null, tls_client_auth_san_dns: 'shop.example' }
    expect(await json(await patch(renamed))).toMatchObject(renamed)
  })

  it('gives an id once: nobody inherits the consents and tokens of a deleted client', async () => {
    const admin = await addAdmin()
    const client_id = freshId()
    const again = { ...shop, client_id, client_name: 'Other shop' }
    const create = (body: object) => callAdmin(admin, 'POST', '/admin/clients', { body })
    expect((await create({ ...shop, client_id })).status).toBe(201)
    const [, [taken]] = await problemOf(await create(again))
    expect(taken).toEqual({ pointer: '#/client_id', detail: 'is taken' })
    await testDatabase().execute(sql`insert into consents (user_id, client_id, scopes)
      values (${admin.id}::uuid, ${client_id}, '{openid}')`)
    const headers = { 'if-match': '*' }
    expect((await callAdmin(admin, 'DELETE', `/admin/clients/${client_id}`, { headers })).status).toBe(204)
    const { rows } = await testDatabase().execute(sql`select 1 from consents where client_id = ${client_id}`)
    expect(rows).toEqual([])
    const [status, [given]] = await problemOf(await create(again))
    expect(status).toBe(409)
    expect(given).toEqual({ pointer: '#/client_id', detail: 'was the id of a client that is deleted' })
    expect((await callAdmin(admin, 'GET', `/admin/clients/${client_id}`)).status).toBe(404)
  })

  it('gives an id once, whoever is faster: a deletion and a registration at the same time', async () => {
    const admin = await addAdmin()
    for (let round = 0; round < 5; round++) {
      const client_id = freshId()
      const create = () => callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, client_id } })
      expect((await create()).status).toBe(201)
      const path = `/admin/clients/${client_id}`
      const answers = await Promise.all([
        callAdmin(admin, 'DELETE', path, { headers: { 'if-match': '*' } }),
        ...Array.from({ length: 4 }, create),
      ])
      expect(answers.map(({ status }) => status)).toEqual([204, 409, 409, 409, 409])
    }
  })

  it('takes both forms of a secret where no method is named; a named one is a pin (RFC 7591 §2)', async () => {
    const admin = await addAdmin()
    const client_id = freshId()
    const path = `/admin/clients/${client_id}`
    const both = {
      token_endpoint_auth_method: 'client_secret_basic',
      token_endpoint_auth_methods: ['client_secret_basic', 'client_secret_post'],
    }
    const only = (method: string) => ({
      token_endpoint_auth_method: method,
      token_endpoint_auth_methods: [method],
    })
    const named = async () =>
      (await testDependencies().findClient(client_id))?.token_endpoint_auth_method_named
    const created = await callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, client_id } })
    expect(await json(created)).toMatchObject(both)
    expect(await named()).toBe(false)
    const change = async (body: object) =>
      json(await callAdmin(admin, 'PATCH', path, { body, headers: { 'if-match': '*' } }))
    expect(await change({ client_name: 'Renamed' })).toMatchObject(both)
    expect(await change(only('client_secret_basic'))).toMatchObject({ status: 400 })
    const pin = { token_endpoint_auth_method: 'client_secret_basic' }
    expect(await change(pin)).toMatchObject(only('client_secret_basic'))
    expect(await named()).toBe(true)
    expect(await change({ client_name: 'Again' })).toMatchObject(only('client_secret_basic'))
    expect(await change({ token_endpoint_auth_method: 'client_secret_post' })).toMatchObject(
      only('client_secret_post'),
    )
    expect(await change({ token_endpoint_auth_method: null })).toMatchObject(both)
    expect(await json(await callAdmin(admin, 'GET', path))).toMatchObject(both)
    const pinned = await callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, ...pin } })
    expect(await json(pinned)).toMatchObject(only('client_secret_basic'))
  })

  it('refuses http on loopback to a public web client of an https issuer (RFC 8252 §8.6)', async () => {
    const admin = await addAdmin()
    const body = {
      ...{ client_name: 'Shop', application_type: 'web', token_endpoint_auth_method: 'none' },
      redirect_uris: ['http://localhost:5173/callback'],
    }
    const refused = await callAdmin(admin, 'POST', '/admin/clients', { body })
    expect(refused.status).toBe(400)
    expect(await json(refused)).toMatchObject({ errors: [{ pointer: '#/redirect_uris/0' }] })
  })

  it('refuses a PATCH of members that depend on each other by the whole they would make', async () => {
    const admin = await addAdmin()
    const client_id = freshId()
    await callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, client_id } })
    const path = `/admin/clients/${client_id}`
    const headers = { 'if-match': '"1"' }
    const refused = await callAdmin(admin, 'PATCH', path, { body: { redirect_uris: null }, headers })
    expect(refused.status).toBe(400)
    expect(await json(refused)).toMatchObject({ errors: [{ pointer: '#/redirect_uris' }] })
    const redirect_uris = ['https://shop.example/callback', 'https://www.shop.example/callback']
    const changed = await callAdmin(admin, 'PATCH', path, { body: { redirect_uris }, headers })
    expect(await json(changed)).toMatchObject({ redirect_uris })
    const late = await callAdmin(admin, 'PATCH', path, { body: { redirect_uris }, headers })
    expect([late.status, late.headers.get('etag')]).toEqual([412, '"2"'])
  })

  it('lets one of two parallel changes win; the other gets 412 with the current ETag', async () => {
    const admin = await addAdmin()
    const client_id = freshId()
    await callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, client_id } })
    const change = (name: string) =>
      callAdmin(admin, 'PATCH', `/admin/clients/${client_id}`, {
        body: { redirect_uris: [`https://${name}.example/cb`] },
        headers: { 'if-match': '"1"' },
      })
    const answers = await Promise.all([change('one'), change('two')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
    expect(answers.map(({ headers }) => headers.get('etag'))).toEqual(['"2"', '"2"'])
  })

  it('lets parallel changes that ask for no version (If-Match: *) all win, one after the other', async () => {
    const admin = await addAdmin()
    const client_id = freshId()
    await callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, client_id } })
    const change = (name: string) =>
      callAdmin(admin, 'PATCH', `/admin/clients/${client_id}`, {
        body: { redirect_uris: [`https://${name}.example/cb`] },
        headers: { 'if-match': '*' },
      })
    const answers = await Promise.all([change('one'), change('two'), change('three')])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(answers.map(({ headers }) => headers.get('etag')).sort()).toEqual(['"2"', '"3"', '"4"'])
  })

  it('is in force at once: what the protocol code sees is what was written', async () => {
    const admin = await addAdmin()
    const client_id = freshId()
    const find = () => testDependencies().findClient(client_id)
    expect(await find()).toBeUndefined()
    await callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, client_id } })
    expect((await find())?.redirect_uris).toEqual(shop.redirect_uris)
    expect((await find())?.secrets).toHaveLength(1)
    const headers = { 'if-match': '*' }
    const path = `/admin/clients/${client_id}`
    await callAdmin(admin, 'PATCH', path, { body: { enabled: false }, headers })
    expect(await find()).toBeUndefined()
    await callAdmin(admin, 'PATCH', path, { body: { enabled: true }, headers })
    expect((await find())?.client_name).toBe('Shop')
    await callAdmin(admin, 'DELETE', path, { headers })
    expect(await find()).toBeUndefined()
  })

  it('tells of every change in the trail, never of a secret or its hash', async () => {
    const admin = await addAdmin()
    const client_id = freshId()
    const created = await json(
      await callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, client_id } }),
    )
    await callAdmin(admin, 'PATCH', `/admin/clients/${client_id}`, {
      body: { scope: 'openid' },
      headers: { 'if-match': '*' },
    })
    const { rows } = await testDatabase().execute<Record<string, unknown>>(
      sql`select type, actor_id, entity_type, changes, data from audit_events where client_id = ${client_id} order by position`,
    )
    expect(rows.map(({ type }) => type).slice(0, 2)).toEqual(['client.created', 'client.secret_added'])
    const text = JSON.stringify(rows)
    expect(text).not.toContain(created['client_secret'])
    expect(text).not.toContain('secret_hash')
    expect(rows.every(({ actor_id }) => actor_id === admin.id)).toBe(true)
  })

  it('shows a client as it was, also after its end (?at=)', async () => {
    const admin = await addAdmin()
    const client_id = freshId()
    const path = `/admin/clients/${client_id}`
    await callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, client_id } })
    await new Promise((resolve) => setTimeout(resolve, 5))
    const then = new Date().toISOString()
    await new Promise((resolve) => setTimeout(resolve, 5))
    const headers = { 'if-match': '*' }
    await callAdmin(admin, 'PATCH', path, { body: { client_name: 'Later' }, headers })
    await callAdmin(admin, 'POST', `${path}/secrets`, { body: {} })
    await callAdmin(admin, 'DELETE', path, { headers })
    const past = await callAdmin(admin, 'GET', `${path}?at=${encodeURIComponent(then)}`)
    expect(past.status, await past.clone().text()).toBe(200)
    expect(await json(past)).toMatchObject({
      client_id,
      client_name: 'Shop',
      redirect_uris: shop.redirect_uris,
    })
    expect(past.headers.get('etag')).toBeNull()
    const before = await callAdmin(admin, 'GET', `${path}?at=2020-01-01T00:00:00Z`)
    expect(before.status).toBe(404)
  })

  it.each<[object, string, string | RegExp]>([
    [{ ...shop, client_id: uuidv7() }, '#/client_id', 'must not look like a user id (RFC 9068 §5)'],
    [{ ...shop, client_id: 'authly-evil' }, '#/client_id', 'must not begin with authly'],
    [{ ...shop, scope: 'openid no-such-scope' }, '#/scope', 'has the unknown scope no-such-scope'],
    [{ ...shop, resources: ['https://nowhere.example'] }, '#/resources/0', 'is not a resource server here'],
    [
      { ...shop, admin_ip_allow_list: ['300.0.0.1'] },
      '#/admin_ip_allow_list/0',
      'must be an IP address or CIDR range',
    ],
    [{ ...shop, software_statement: 'e30.e30.c2ln' }, '#/software_statement', /^is not supported/],
    // Attack: whoever may ask whether the padding is right decrypts by asking; a key that both sides have is no secret.
    ...['RSA1_5', 'RSA-OAEP', 'dir', 'PBES2-HS256+A128KW', 'none', ''].map(
      (alg): [object, string, RegExp] => [
        { ...shop, id_token_encrypted_response_alg: alg },
        '#/id_token_encrypted_response_alg',
        /^must be one of RSA-OAEP-256, ECDH-ES/,
      ],
    ),
    [
      { ...shop, userinfo_encrypted_response_alg: 'ECDH-ES' },
      '#/userinfo_encrypted_response_alg',
      'needs jwks or jwks_uri: to whose key?',
    ],
    [
      { ...shop, authorization_encrypted_response_enc: 'A128GCM' },
      '#/authorization_encrypted_response_enc',
      'is only for clients with authorization_encrypted_response_alg',
    ],
    [
      { ...shop, introspection_signed_response_alg: 'HS256' },
      '#/introspection_signed_response_alg',
      /^must be one of/,
    ],
    [{ ...shop, colour: 'red' }, '#/colour', 'is not a known property'],
    [{ ...shop, client_name: 'a\u0007b' }, '#/client_name', 'must not contain control characters'],
  ])('refuses %j with the place of the fault', async (body, pointer, detail) => {
    await addScopes('openid')
    const refused = await callAdmin(await addAdmin(), 'POST', '/admin/clients', { body })
    expect(refused.status).toBe(400)
    const matching = detail instanceof RegExp ? expect.stringMatching(detail) : detail
    expect((await json(refused))['errors']).toContainEqual({ pointer, detail: matching })
  })

  it.each(['PS256', 'ES384'] as const)(
    'publishes a key for %s before anything is signed with it: when the client is registered, or changed',
    async (alg) => {
      const database = testDatabase()
      const keyring = () => testDependencies().keyring
      const published = async () => (await keyring().jwks()).keys.filter((key) => key.alg === alg)
      const admin = await addAdmin()
      const created = await callAdmin(admin, 'POST', '/admin/clients', {
        body: { ...shop, authorization_signed_response_alg: alg },
      })
      expect(created.status, await created.clone().text()).toBe(201)
      const [key] = await published()
      expect(key).toMatchObject({ alg, use: 'sig' })

      const { rows } = await database.execute(sql`select 1 from signing_keys where alg = ${alg}`)
      expect(rows).toHaveLength(1)
      const path = `/admin/clients/${(await json(created))['client_id']}`
      const body = { introspection_signed_response_alg: alg }
      const changed = await callAdmin(admin, 'PATCH', path, { body, headers: { 'if-match': '*' } })
      expect(await json(changed)).toMatchObject({ ...body, authorization_signed_response_alg: alg })
      expect(await published()).toEqual([key])
    },
  )

  it('registers encrypted responses with a key for them, and forgets them again', async () => {
    const admin = await addAdmin()
    const { publicKey } = await generateKeyPair('ECDH-ES', { extractable: true })
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), use: 'enc', kid: 'enc' }] }
    const registered = {
      id_token_encrypted_response_alg: 'ECDH-ES',
      userinfo_encrypted_response_alg: 'ECDH-ES',
    }
    const created = await callAdmin(admin, 'POST', '/admin/clients', {
      body: { ...shop, jwks, ...registered },
    })
    expect(created.status, await created.clone().text()).toBe(201)
    const { client_id, ...shown } = await json(created)
    expect(shown).toMatchObject({ ...registered, jwks, id_token_encrypted_response_enc: null })
    const served = await testDependencies().findClient(String(client_id))
    expect(served).toMatchObject(registered)
    const patch = (body: object) =>
      callAdmin(admin, 'PATCH', `/admin/clients/${client_id}`, { body, headers: { 'if-match': '*' } })
    // Attack: the key is taken away, so that what was encrypted is sent as it is.
    expect(await problemOf(await patch({ jwks: null }))).toMatchObject([
      400,
      [expect.anything(), expect.anything()],
    ])
    const cleared = { id_token_encrypted_response_alg: null, userinfo_encrypted_response_alg: null }
    expect(await json(await patch({ ...cleared, jwks: null }))).toMatchObject({ ...cleared, jwks: null })
  })

  it('registers how requests arrive, with a key for those that are encrypted (OpenID Connect Registration §2)', async () => {
    const admin = await addAdmin()
    const { publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'sig' }] }
    const registered = {
      ...{ require_pushed_authorization_requests: true, require_signed_request_object: true },
      ...{ request_object_signing_alg: 'ES256', request_object_encryption_alg: 'RSA-OAEP-256' },
      ...{ request_object_encryption_enc: 'A256GCM', request_uris: ['https://shop.example/request.jwt'] },
    }
    const created = await callAdmin(admin, 'POST', '/admin/clients', {
      body: { ...shop, jwks, ...registered },
    })
    expect(created.status, await created.clone().text()).toBe(201)
    const { client_id, ...shown } = await json(created)
    expect(shown).toMatchObject(registered)
    expect(await testDependencies().findClient(String(client_id))).toMatchObject(registered)
    const { keys } = await testDependencies().keyring.jwks()
    expect(keys.find(({ alg }) => alg === 'RSA-OAEP-256')).toMatchObject({ use: 'enc' })
    const patch = (body: object) =>
      callAdmin(admin, 'PATCH', `/admin/clients/${client_id}`, { body, headers: { 'if-match': '*' } })
    expect((await patch({ jwks: null })).status).toBe(400)
    expect((await patch({ request_object_signing_alg: 'none' })).status).toBe(400)
    expect((await patch({ request_uris: ['http://10.0.0.1/r'] })).status).toBe(400)
    const cleared = {
      request_object_signing_alg: null,
      request_uris: [],
      require_signed_request_object: false,
    }
    expect(await json(await patch(cleared))).toMatchObject(cleared)
  })

  it('says 409 for an id that is taken', async () => {
    const admin = await addAdmin()
    const body = { ...shop, client_id: freshId() }
    await callAdmin(admin, 'POST', '/admin/clients', { body })
    expect((await callAdmin(admin, 'POST', '/admin/clients', { body })).status).toBe(409)
  })

  it('fetches the sector document and wants every redirect URI in it (OpenID Connect Core §8.1)', async () => {
    const admin = await addAdmin()
    const original = globalThis.fetch
    let listed = ['https://shop.example/callback']
    vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) =>
      String(input) === 'https://sector.example/uris.json'
        ? Promise.resolve(new Response(JSON.stringify(listed)))
        : original(input, init),
    )
    const body = {
      ...shop,
      subject_type: 'pairwise',
      redirect_uris: ['https://shop.example/callback', 'https://www.shop.example/callback'],
      sector_identifier_uri: 'https://sector.example/uris.json',
    }
    const refused = await callAdmin(admin, 'POST', '/admin/clients', { body })
    expect(await json(refused)).toMatchObject({
      status: 400,
      errors: [
        { pointer: '#/sector_identifier_uri', detail: 'does not list https://www.shop.example/callback' },
      ],
    })
    listed = body.redirect_uris
    const created = await json(await callAdmin(admin, 'POST', '/admin/clients', { body }))
    const client = await testDependencies().findClient(String(created['client_id']))
    expect(client?.sector_identifier).toBe('sector.example')
  })

  it('gives out 404 for what is unknown and malformed alike', async () => {
    const admin = await addAdmin()
    const headers = { 'if-match': '*' }
    for (const id of ['nobody', '%00', `x${'y'.repeat(300)}`]) {
      expect((await callAdmin(admin, 'GET', `/admin/clients/${id}`)).status).toBe(404)
      expect((await callAdmin(admin, 'DELETE', `/admin/clients/${id}`, { headers })).status).toBe(404)
      expect(
        (await callAdmin(admin, 'PATCH', `/admin/clients/${id}`, { body: { enabled: true }, headers }))
          .status,
      ).toBe(404)
      expect(
        (await callAdmin(admin, 'PATCH', `/admin/clients/${id}`, { body: { scope: '' }, headers })).status,
      ).toBe(404)
      expect((await callAdmin(admin, 'POST', `/admin/clients/${id}/secrets`, { body: {} })).status).toBe(404)
      expect((await callAdmin(admin, 'GET', `/admin/clients/${id}/secrets`)).status).toBe(404)
    }
  })
})

describe('privileges of clients', () => {
  it('gives no client an admin scope that the actor lacks', async () => {
    await addScopes('admin:users:delete', 'admin:users:read')
    const service = await addServiceAccount(['admin:clients:write', 'admin:users:read'])
    const body = { client_name: 'Robot', grant_types: ['client_credentials'], scope: 'admin:users:delete' }
    const refused = await callAdmin(service, 'POST', '/admin/clients', { body })
    expect(refused.status, await refused.clone().text()).toBe(403)
    const within = { ...body, scope: 'admin:users:read' }
    const made = await callAdmin(service, 'POST', '/admin/clients', { body: within })
    expect(made.status, await made.clone().text()).toBe(201)
    const path = `/admin/clients/${(await json(made))['client_id']}`
    const headers = { 'if-match': '*' }
    const more = await callAdmin(service, 'PATCH', path, { body: { scope: 'admin:users:delete' }, headers })
    expect(more.status).toBe(403)
  })

  it('lets nobody take over a client that may do more than they: no new secret, key, redirect or end', async () => {
    const mighty = await addServiceAccount()
    const clerk = await addServiceAccount([
      'admin:clients:write',
      'admin:clients:delete',
      'admin:clients:read',
    ])
    const path = `/admin/clients/${mighty.id}`
    const headers = { 'if-match': '*' }
    expect((await callAdmin(clerk, 'POST', `${path}/secrets`, { body: {} })).status).toBe(403)
    expect((await callAdmin(clerk, 'PATCH', path, { body: { client_name: 'x' }, headers })).status).toBe(403)
    expect((await callAdmin(clerk, 'DELETE', path, { headers })).status).toBe(403)
    expect((await callAdmin(clerk, 'GET', path)).status).toBe(200)
  })

  it('lets no service account change itself', async () => {
    const service = await addServiceAccount()
    const headers = { 'if-match': '*' }
    const path = `/admin/clients/${service.id}`
    const body = { admin_ip_allow_list: null }
    expect((await callAdmin(service, 'PATCH', path, { body, headers })).status).toBe(403)
    expect((await callAdmin(service, 'POST', `${path}/secrets`, { body: {} })).status).toBe(403)
    expect((await callAdmin(service, 'DELETE', path, { headers })).status).toBe(403)
  })
})

describe('list of clients', () => {
  it('filters, sorts and pages without gaps or repetitions', async () => {
    const admin = await addAdmin()
    const mark = uuidv7().slice(-12)
    for (let number = 0; number < 5; number++) {
      const body = { ...shop, client_name: `List ${mark} ${number % 2}`, enabled: number !== 4 }
      expect((await callAdmin(admin, 'POST', '/admin/clients', { body })).status).toBe(201)
    }
    for (const sort of [
      'created_at',
      '-created_at',
      'client_name',
      '-client_name',
      'client_id',
      '-client_id',
    ]) {
      const seen: Record<string, unknown>[] = []
      let cursor = ''
      do {
        const path = `/admin/clients?q=${mark}&limit=2&sort=${sort}&include_total=true${cursor}`
        const response = await callAdmin(admin, 'GET', path)
        expect(response.status, await response.clone().text()).toBe(200)
        const page = (await response.json()) as {
          items: Record<string, unknown>[]
          page_info: { next_cursor: string | null; total_count: number }
        }
        expect(page.page_info.total_count).toBe(5)
        seen.push(...page.items)
        cursor = page.page_info.next_cursor === null ? '' : `&cursor=${page.page_info.next_cursor}`
      } while (cursor !== '')
      expect(new Set(seen.map(({ client_id }) => client_id)).size).toBe(5)
      const column = sort.replace('-', '')
      const values = seen.map((client) => String(client[column]))
      if (column !== 'client_id')
        expect(values).toEqual(sort.startsWith('-') ? values.toSorted().reverse() : values.toSorted())
    }
    const all = (await json(await callAdmin(admin, 'GET', `/admin/clients?q=${mark}`)))['items'] as {
      client_id: string
    }[]
    const some = all.slice(1, 3).map(({ client_id }) => client_id)
    const named = await json(await callAdmin(admin, 'GET', `/admin/clients?ids=${some.join()},nobody`))
    expect((named['items'] as typeof all).map(({ client_id }) => client_id)).toEqual(some)
    expect((await callAdmin(admin, 'GET', '/admin/clients?ids=')).status).toBe(400)
    const disabled = await callAdmin(admin, 'GET', `/admin/clients?q=${mark}&enabled=false`)
    expect(((await json(disabled))['items'] as unknown[]).length).toBe(1)
    const native = await callAdmin(
      admin,
      'GET',
      `/admin/clients?q=${mark}&application_type=native&grant_type=authorization_code&first_party=false&token_endpoint_auth_method=none&scope=openid`,
    )
    expect(((await json(native))['items'] as unknown[]).length).toBe(0)
    const wild = await callAdmin(admin, 'GET', `/admin/clients?q=${encodeURIComponent('%_\\')}`)
    expect(((await json(wild))['items'] as unknown[]).length).toBe(0)
  })

  it('refuses NUL, which Postgres does not store, wherever it stands', async () => {
    const admin = await addAdmin()
    const cursor = encodeCursor('clients:client_name', ['a\0', 'b'])
    for (const query of ['q=a%00', 'scope=%00', `sort=client_name&cursor=${cursor}`]) {
      expect((await callAdmin(admin, 'GET', `/admin/clients?${query}`)).status, query).toBe(400)
    }
    expect((await callAdmin(admin, 'GET', '/admin/jobs?kind=%00')).status).toBe(400)
  })

  it('refuses cursors of other lists and forged ones', async () => {
    const admin = await addAdmin()
    const forged = btoa(JSON.stringify(['clients:-created_at', 'yesterday', 'x']))
    for (const cursor of ['x', forged]) {
      expect((await callAdmin(admin, 'GET', `/admin/clients?cursor=${cursor}`)).status).toBe(400)
    }
  })
})
