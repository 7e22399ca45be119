import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { uuidv7 } from '../../src/kit/ids.ts'
import { brokenNamespace } from '../fakes/broken-namespace.ts'
import { testDatabase, useOwnDatabase } from '../fakes/database.ts'
import { addAdmin, callAdmin, testDependencies } from '../worker/admin-client.ts'
import { changingSettings } from '../worker/change-setting.ts'
import { callRegistration, json, newAddress, register, web } from './registering.ts'

// APIs that other files open to unreviewed clients would be in every registration.
beforeAll(useOwnDatabase)
const changeSetting = changingSettings()
const open = () => changeSetting('client_registration.mode', 'open')

const rowOf = async (clientId: unknown) => {
  const { rows } = await testDatabase().execute(
    sql`select * from clients where client_id = ${clientId as string}`,
  )
  return rows[0] as Record<string, unknown> | undefined
}
const discovery = () => json(callRegistration('/.well-known/openid-configuration', { method: 'GET' }))

async function makeToken(body: Record<string, unknown> = {}) {
  const admin = await addAdmin()
  const made = await callAdmin(admin, 'POST', '/admin/initial-access-tokens', {
    body: { name: 'Test', ...body },
  })
  expect(made.status).toBe(201)
  const { initial_access_token: token, id } = (await made.json()) as Record<string, string>
  return { token: token as string, id: id as string, admin }
}

describe('off, as it is by default', () => {
  test('nothing is there, and discovery names nothing (RFC 8414 §2)', async () => {
    expect((await register(web)).status).toBe(404)
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(
        (await callRegistration('/oauth/register/app', { method, ...(method === 'PUT' && { body: {} }) }))
          .status,
      ).toBe(404)
    }
    expect(await discovery()).not.toHaveProperty('registration_endpoint')
  })
})

describe('open registration (RFC 7591 §3)', () => {
  test('does not lose what is stored, nor its credentials, while the replica of the region is away', async () => {
    await open()
    const bindings = { ...env, EDGE_REPLICA: brokenNamespace }
    const given = await json(register(web, { bindings }), 201)
    const [path, token] = [
      `/oauth/register/${given['client_id']}`,
      given['registration_access_token'] as string,
    ]
    const changed = { ...web, client_name: 'Shop of today', client_id: given['client_id'] }
    const call = { token, bindings }
    expect(await json(callRegistration(path, { method: 'PUT', body: changed, ...call }))).toMatchObject({
      client_name: 'Shop of today',
    })
    await json(callRegistration(path, { method: 'DELETE', ...call }), 204)
    expect(await rowOf(given['client_id'])).toBeUndefined()
  })

  test('gives an id, a secret and a registration access token, and tells every default it chose', async () => {
    await open()
    const given = await json(register({ ...web, unknown_member: 1, 'client_name#de': 'Laden' }), 201)
    expect(given).toMatchObject({
      client_id: expect.stringMatching(/^app-/),
      client_secret: expect.stringMatching(/^authly_cs_/),
      client_secret_expires_at: 0,
      registration_access_token: expect.stringMatching(/^authly_reg_/),
      registration_client_uri: `https://auth.test/oauth/register/${given['client_id']}`,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      application_type: 'web',
      scope: expect.stringContaining('openid'),
    })
    expect(given).not.toHaveProperty('unknown_member')
    expect(given['scope']).not.toContain('admin:')
    expect(await discovery()).toMatchObject({ registration_endpoint: 'https://auth.test/oauth/register' })
    expect(await rowOf(given['client_id'])).toMatchObject({
      origin: 'registration',
      reviewed: false,
      profile: 'mcp',
    })
    expect(await testDependencies().findClient(given['client_id'] as string)).toMatchObject({
      reviewed: false,
    })
  })

  test('a public client gets no secret, and a loopback redirect URI makes it native', async () => {
    await open()
    const body = { redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: 'none' }
    const given = await json(register(body), 201)
    expect(given).toMatchObject({ application_type: 'native', client_name: '127.0.0.1' })
    expect(given).not.toHaveProperty('client_secret')
  })

  test('members that only administrators set have no effect, whatever they say (privilege escalation)', async () => {
    await open()
    const given = await json(
      register({
        ...web,
        ...{
          client_id: 'app-of-somebody-else',
          client_secret: 'mine',
          first_party: true,
          reviewed: true,
          enabled: false,
        },
        ...{ require_pkce: false, nonce_optional: true, serves_resources: ['https://api.example'] },
        ...{ resources: ['https://api.example'], access_token_ttl_seconds: 86_400, profile: 'oidc' },
        ...{ origin: 'administrator', registration_token_hash: 'x', admin_ip_allow_list: ['0.0.0.0/0'] },
        ...{ __proto__: { first_party: true } },
      }),
      201,
    )
    expect(given['client_id']).not.toBe('app-of-somebody-else')
    expect(given['client_secret']).not.toBe('mine')
    expect(await rowOf(given['client_id'])).toMatchObject({
      ...{ first_party: false, reviewed: false, enabled: true, require_pkce: true, nonce_optional: false },
      ...{ serves_resources: [], resources: [], access_token_ttl_seconds: null, profile: 'mcp' },
      ...{ origin: 'registration', admin_ip_allow_list: [] },
    })
  })

  test.each([
    ['admin scopes', { scope: 'openid admin:users:read' }, 'invalid_client_metadata', /scope/],
    ['an unknown scope', { scope: 'openid no-such' }, 'invalid_client_metadata', /scope/],
    ['no redirect URI', { redirect_uris: [] }, 'invalid_redirect_uri', /redirect_uris/],
    [
      'a redirect URI over http',
      { redirect_uris: ['http://shop.example/'] },
      'invalid_redirect_uri',
      /https/,
    ],
    [
      'a redirect URI with a fragment',
      { redirect_uris: ['https://a.example/#x'] },
      'invalid_redirect_uri',
      /fragment/,
    ],
    ['a script', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri', /redirect_uris/],
    ['a number for a list', { redirect_uris: 7 }, 'invalid_redirect_uri', /list/],
    ['the implicit grant', { grant_types: ['implicit'] }, 'invalid_client_metadata', /grant_types/],
    [
      'tokens without a person',
      { grant_types: ['client_credentials'] },
      'invalid_client_metadata',
      /response_types|grant_types/,
    ],
    ['a token from the front', { response_types: ['token'] }, 'invalid_client_metadata', /response_types/],
    [
      'private_key_jwt without keys',
      { token_endpoint_auth_method: 'private_key_jwt' },
      'invalid_client_metadata',
      /jwks/,
    ],
    [
      'a link that is a script',
      { policy_uri: 'javascript:alert(1)' },
      'invalid_client_metadata',
      /policy_uri/,
    ],
    ['a logo over http', { logo_uri: 'http://shop.example/logo.png' }, 'invalid_client_metadata', /logo_uri/],
    [
      'a line break in the name',
      { client_name: 'Shop\nfirst party' },
      'invalid_client_metadata',
      /client_name/,
    ],
  ] as const)('refuses %s (RFC 7591 §3.2.2), and stores nothing', async (_what, more, error, description) => {
    await open()
    const name = `Refused ${uuidv7()}`
    const refused = await json(register({ ...web, client_name: name, ...more }), 400)
    expect(refused).toMatchObject({ error, error_description: expect.stringMatching(description) })
    const { rows } = await testDatabase().execute(sql`select 1 from clients where client_name = ${name}`)
    expect(rows).toEqual([])
  })

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/jwks.json',
    'https://localhost:8443/jwks.json',
    'https://metadata.google.internal/jwks.json',
    'https://user:pass@shop.example/jwks.json',
  ])('refuses %s as an address to fetch (SSRF)', async (address) => {
    await open()
    for (const more of [
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: address },
      { subject_type: 'pairwise', sector_identifier_uri: address },
      { sector_identifier_uri: address },
      { logo_uri: address.replace('https:', 'http:') },
    ]) {
      expect(await json(register({ ...web, ...more }), 400)).toMatchObject({
        error: 'invalid_client_metadata',
      })
    }
  })

  test('is limited by address (mass registration)', async () => {
    await open()
    const address = newAddress()
    const statuses = []
    for (let count = 0; count < 31; count++) statuses.push((await register({}, { address })).status)
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(400))
    expect(statuses[30]).toBe(429)
  })

  test.each([
    ['no JSON', '{', 400, {}],
    ['a list', '[]', 400, {}],
    ['another type', 'a=b', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['too much', JSON.stringify({ client_name: 'x'.repeat(70_000) }), 413, {}],
    ['NUL', '{"client_name":"\\u0000"}', 400, {}],
  ] as const)('refuses %s', async (_what, body, status, headers) => {
    await open()
    expect(await json(register(body, { headers }), status)).toMatchObject({ error: 'invalid_request' })
  })
})

describe('initial access tokens', () => {
  test('are needed where the setting says so, and name the profile of their clients', async () => {
    await changeSetting('client_registration.mode', 'initial_access_token')
    const missing = await register(web)
    expect(missing.status).toBe(401)
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="authly"')
    const { token } = await makeToken({ profile: 'oidc' })
    const given = await json(register({ ...web, scope: 'openid profile' }, { token }), 201)
    expect(await rowOf(given['client_id'])).toMatchObject({
      profile: 'oidc',
      require_pkce: false,
      nonce_optional: false,
    })
  })

  test('a token for one client makes one, however many use it at once', async () => {
    await changeSetting('client_registration.mode', 'initial_access_token')
    const { token, id } = await makeToken({ uses: 1 })
    const answers = await Promise.all(Array.from({ length: 50 }, () => register(web, { token })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49)
    const { rows } = await testDatabase().execute(sql`
      select 1 from audit_events where type = 'client.registered' and data->>'initial_access_token_id' = ${id}`)
    expect(rows).toHaveLength(1)
  })

  test('a refused registration spends no use', async () => {
    await changeSetting('client_registration.mode', 'initial_access_token')
    const { token } = await makeToken({ uses: 1 })
    expect((await register({}, { token })).status).toBe(400)
    expect((await register(web, { token })).status).toBe(201)
  })

  test('unknown, malformed, expired and deleted ones look the same, also where everybody may register', async () => {
    await open()
    const { token, id, admin } = await makeToken()
    const expired = await makeToken()
    await testDatabase().execute(
      sql`update initial_access_tokens set expires_at = now() where id = ${expired.id}`,
    )
    expect((await callAdmin(admin, 'DELETE', `/admin/initial-access-tokens/${id}`)).status).toBe(204)
    const bodies = new Set()
    for (const each of ['authly_iat_made-up', 'not a token', token, expired.token]) {
      bodies.add(JSON.stringify(await json(register(web, { token: each }), 401)))
    }
    expect(bodies.size).toBe(1)
  })

  test('are stored as hashes, and listed without', async () => {
    const { token, id, admin } = await makeToken({ uses: 3 })
    const { rows } = await testDatabase().execute(sql`select * from initial_access_tokens where id = ${id}`)
    expect(JSON.stringify(rows)).not.toContain(token)
    const list = await (await callAdmin(admin, 'GET', '/admin/initial-access-tokens')).text()
    expect(list).toContain(id)
    expect(list).not.toMatch(/authly_iat_|token_hash/)
    const events = await testDatabase().execute(sql`select * from audit_events where entity_id = ${id}`)
    expect(JSON.stringify(events.rows)).not.toMatch(/authly_iat_|token_hash/)
  })

  test('let clients have client_credentials, which nobody gets without one', async () => {
    await open()
    const body = { grant_types: ['client_credentials'], response_types: [] }
    expect(await json(register(body), 400)).toMatchObject({ error: 'invalid_client_metadata' })
    const { token } = await makeToken()
    expect(await json(register(body, { token }), 201)).toMatchObject({ grant_types: ['client_credentials'] })
  })
})

describe('a client and its registration (RFC 7592)', () => {
  const registered = async (more: Record<string, unknown> = {}) => {
    await open()
    const given = await json(register({ ...web, ...more }), 201)
    const token = given['registration_access_token'] as string
    return { given, id: given['client_id'] as string, token, path: `/oauth/register/${given['client_id']}` }
  }

  test('reads it with its token, without the secret', async () => {
    const { given, token, path } = await registered()
    const { client_secret: _secret, client_secret_expires_at: _expiry, ...rest } = given
    expect(await json(callRegistration(path, { method: 'GET', token }))).toEqual(rest)
  })

  test('no token, a made-up one, another client’s and an unknown client get the same answer, and change nothing', async () => {
    const mine = await registered()
    const other = await registered()
    const bodies = new Set()
    for (const [path, token] of [
      [mine.path, undefined],
      [mine.path, 'authly_reg_made-up'],
      [mine.path, other.token],
      ['/oauth/register/app-unknown', mine.token],
      ['/oauth/register/demo-web', mine.token],
    ] as const) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const body = method === 'PUT' ? { ...web, client_id: path.split('/').at(-1) } : undefined
        const answer = callRegistration(path, {
          method,
          ...(token === undefined ? {} : { token }),
          ...(body && { body }),
        })
        bodies.add(JSON.stringify(await json(answer, 401)))
      }
    }
    expect(bodies.size).toBe(1)
    expect(await rowOf(mine.id)).toMatchObject({ version: '1' })
  })

  test('replaces it: what is left out gets its default, a secret stays valid, and what an administrator set stays', async () => {
    const { id, token, path } = await registered({ tos_uri: 'https://shop.example/terms' })
    await testDatabase().execute(
      sql`update clients set access_token_ttl_seconds = 77 where client_id = ${id}`,
    )
    const redirect_uris = ['https://shop.example/new']
    const given = await json(
      callRegistration(path, {
        method: 'PUT',
        token,
        body: { client_id: id, redirect_uris, client_name: 'New' },
      }),
    )
    expect(given).toMatchObject({ client_name: 'New', redirect_uris, registration_access_token: token })
    expect(given).not.toHaveProperty('tos_uri')
    expect(given).not.toHaveProperty('client_secret')
    expect(await rowOf(id)).toMatchObject({ tos_uri: null, access_token_ttl_seconds: 77 })
    const { rows } = await testDatabase().execute(sql`select 1 from client_secrets where client_id = ${id}`)
    expect(rows).toHaveLength(1)
  })

  test('a change takes the review back, and what only reviewed clients have (bait and switch)', async () => {
    const { id, token, path } = await registered()
    const admin = await addAdmin()
    const patch = (body: object) =>
      callAdmin(admin, 'PATCH', `/admin/clients/${id}`, { body, headers: { 'if-match': '*' } })
    expect((await patch({ first_party: true })).status).toBe(400)
    expect((await patch({ scope: 'openid admin:users:read' })).status).toBe(400)
    expect((await patch({ reviewed: true, first_party: true })).status).toBe(200)
    expect(await rowOf(id)).toMatchObject({ reviewed: true, first_party: true })
    const same = await json(callRegistration(path, { method: 'GET', token }))
    const {
      registration_access_token: _token,
      registration_client_uri: _uri,
      client_id_issued_at: _at,
      ...own
    } = same
    await json(callRegistration(path, { method: 'PUT', token, body: own }))
    expect(await rowOf(id)).toMatchObject({ reviewed: true })
    await json(
      callRegistration(path, {
        method: 'PUT',
        token,
        body: { ...own, redirect_uris: ['https://evil.example/'] },
      }),
    )
    expect(await rowOf(id)).toMatchObject({ reviewed: false, first_party: false })
  })

  test('is rid of no demand that an administrator made of it (PKCE downgrade)', async () => {
    await changeSetting('client_registration.profile', 'oidc')
    const { id, token, path } = await registered()
    const change = (client_name: string) =>
      json(callRegistration(path, { method: 'PUT', token, body: { ...web, client_id: id, client_name } }))
    await change('Exempt')
    expect(await rowOf(id)).toMatchObject({ require_pkce: false })
    const patched = await callAdmin(await addAdmin(), 'PATCH', `/admin/clients/${id}`, {
      ...{ body: { require_pkce: true, max_sessions_per_user: 3 }, headers: { 'if-match': '*' } },
    })
    expect(patched.status).toBe(200)
    await change('Not exempt')
    expect(await rowOf(id)).toMatchObject({ require_pkce: true, max_sessions_per_user: 3 })
  })

  test('that comes to have what stands for PKCE may do without it; an administrator’s demand is not got round', async () => {
    await changeSetting('client_registration.profile', 'oidc')
    const isPublic = { ...web, token_endpoint_auth_method: 'none' }
    const { id, token, path } = await registered(isPublic)
    const put = (body: object) =>
      callRegistration(path, { method: 'PUT', token, body: { ...body, client_id: id } })
    expect(await rowOf(id)).toMatchObject({ require_pkce: true })
    await json(put(web))
    expect(await rowOf(id)).toMatchObject({ require_pkce: false })
    await json(put(isPublic))
    expect(await rowOf(id)).toMatchObject({ require_pkce: true })
    await json(put(web))
    const patched = await callAdmin(await addAdmin(), 'PATCH', `/admin/clients/${id}`, {
      ...{ body: { require_pkce: true }, headers: { 'if-match': '*' } },
    })
    expect(patched.status).toBe(200)
    for (const detour of [isPublic, { ...web, scope: 'profile' }]) {
      expect(await json(put(detour), 400)).toMatchObject({ error: 'invalid_client_metadata' })
      await json(put({ ...web, client_name: `After ${JSON.stringify(detour)}`.slice(0, 40) }))
      expect(await rowOf(id)).toMatchObject({
        require_pkce: true,
        token_endpoint_auth_method: 'client_secret_basic',
      })
    }
  })

  test('refuses what must not be sent, and an id that is not its own', async () => {
    const { id, token, path } = await registered()
    const put = (body: object) => callRegistration(path, { method: 'PUT', token, body })
    expect(await json(put({ ...web, client_id: id, registration_access_token: token }), 400)).toMatchObject({
      error: 'invalid_request',
    })
    expect(await json(put({ ...web, client_id: 'demo-web' }), 400)).toMatchObject({
      error: 'invalid_client_metadata',
    })
    expect(await json(put(web), 400)).toMatchObject({ error: 'invalid_client_metadata' })
    expect(await rowOf(id)).toMatchObject({ version: '1' })
  })

  test('may repeat its secret, and neither choose one nor name another (RFC 7592 §2.2)', async () => {
    const { id, token, path, given } = await registered()
    const other = await registered()
    const put = (client_secret: unknown) =>
      callRegistration(path, {
        method: 'PUT',
        token,
        body: { ...web, client_id: id, client_name: 'Renamed', client_secret },
      })
    for (const secret of ['mine', '', 1, {}, other.given['client_secret']]) {
      expect(await json(put(secret), 400)).toEqual({
        error: 'invalid_client_metadata',
        error_description: 'client_secret must be the current one, or be left out',
      })
    }
    expect(await rowOf(id)).toMatchObject({ version: '1' })
    expect(await json(put(given['client_secret']))).toMatchObject({ client_name: 'Renamed' })
  })

  test('becomes public and confidential again: secrets go and come with the method', async () => {
    const { id, token, path } = await registered()
    const put = (method: string) =>
      json(
        callRegistration(path, {
          method: 'PUT',
          token,
          body: { ...web, client_id: id, token_endpoint_auth_method: method },
        }),
      )
    expect(await put('none')).not.toHaveProperty('client_secret')
    const { rows } = await testDatabase().execute(sql`select 1 from client_secrets where client_id = ${id}`)
    expect(rows).toEqual([])
    expect(await put('client_secret_post')).toHaveProperty('client_secret')
  })

  test('deletes itself for good: the id is never given again', async () => {
    const { id, token, path } = await registered()
    expect((await callRegistration(path, { method: 'DELETE', token })).status).toBe(204)
    expect(await rowOf(id)).toBeUndefined()
    expect(await testDependencies().findClient(id)).toBeUndefined()
    expect((await callRegistration(path, { method: 'GET', token })).status).toBe(401)
    const { rows } = await testDatabase().execute(sql`select 1 from client_ids where client_id = ${id}`)
    expect(rows).toHaveLength(1)
  })

  test('its token is in no row, no event and no answer of the admin API', async () => {
    const { id, token, path } = await registered()
    await json(
      callRegistration(path, { method: 'PUT', token, body: { ...web, client_id: id, client_name: 'New' } }),
    )
    const admin = await addAdmin()
    const shown = await (await callAdmin(admin, 'GET', `/admin/clients/${id}`)).text()
    expect(shown).toContain('"origin":"registration"')
    await callAdmin(admin, 'DELETE', `/admin/clients/${id}`, { headers: { 'if-match': '*' } })
    const { rows } = await testDatabase().execute(sql`select * from audit_events where client_id = ${id}`)
    expect(rows.length).toBeGreaterThanOrEqual(3)
    expect(shown + JSON.stringify(rows)).not.toMatch(new RegExp(`${token}|registration_token_hash`))
  })

  test('browser applications may call it (Fetch §4.8)', async () => {
    const { path, token } = await registered()
    const answer = await callRegistration(path, { method: 'GET', token })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    const preflight = await callRegistration(path, { method: 'OPTIONS' })
    expect(preflight.headers.get('access-control-allow-methods')).toMatch(/PUT/)
  })
})
