/** A change of profile, tried out before it is made: for a client, and for the deployment. */
import { env } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { demandsOf } from '../../../src/clients/profiles/index.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from '../../worker/admin-client.ts'

type Json = Record<string, unknown>
const json = async (response: Response) => (await response.json()) as Json
const ecKey = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) }
const withKeys = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [ecKey] } }
const shop = { client_name: 'Shop', redirect_uris: ['https://shop.example/callback'] }

let admin: TestActor
beforeAll(async () => {
  admin = await addAdmin()
  for (const name of ['openid', 'admin:users:read'])
    await testDatabase().execute(
      sql`insert into scopes (name, description) values (${name}, 'x') on conflict do nothing`,
    )
})

async function register(body: object = {}): Promise<string> {
  const client_id = `profile-${uuidv7()}`
  const created = await callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, client_id, ...body } })
  expect(created.status, await created.clone().text()).toBe(201)
  return client_id
}

const patch = (clientId: string, body: object, query = '', actor = admin, version = '*') =>
  callAdmin(actor, 'PATCH', `/admin/clients/${clientId}${query}`, { body, headers: { 'if-match': version } })

interface DryRun {
  readonly faults: readonly { pointer: string; detail: string }[]
  readonly served: readonly { member: string; before: string | null; after: string | null }[]
  readonly demands: readonly { demand: string; grants: string }[]
  readonly lifted: readonly { demand: string }[]
  readonly people: number
}

async function tryOut(clientId: string, body: object, actor = admin): Promise<DryRun> {
  const response = await patch(clientId, body, '?dry_run=true', actor)
  expect(response.status, await response.clone().text()).toBe(200)
  return (await json(response))['dry_run'] as DryRun
}

const storedRow = async (clientId: string) => {
  const { rows } = await testDatabase().execute(
    sql`select to_jsonb(clients) as row from clients where client_id = ${clientId}`,
  )
  return rows[0]?.['row']
}
const eventsOf = async (clientId: string) => {
  const { rows } = await testDatabase().execute(
    sql`select type from audit_events where entity_type = 'client' and entity_id = ${clientId} order by position`,
  )
  return rows.map(({ type }) => type)
}

describe('a change of a client with dry_run', () => {
  it('writes nothing: no row, no event, no cached copy; and says how it would be', async () => {
    const clientId = await register(withKeys)
    const before = [await storedRow(clientId), await eventsOf(clientId)]
    const body = { profile: 'fapi2-security', id_token_signed_response_alg: 'ES256' }
    const response = await patch(clientId, body, '?dry_run=true')
    expect(response.headers.get('etag')).toBe('"1"')
    expect(await json(response)).toMatchObject({ client_id: clientId, ...body, dry_run: { faults: [] } })
    expect([await storedRow(clientId), await eventsOf(clientId)]).toEqual(before)
    expect((await testDependencies().findClient(clientId))?.rules.profile).toBe('oidc')
  })

  it('tells what differs in how it is served, and what happens to grants, demand by demand', async () => {
    const clientId = await register(withKeys)
    const body = { profile: 'fapi2-security', id_token_signed_response_alg: 'ES256' }
    const { served, demands, lifted } = await tryOut(clientId, body)
    const changes = Object.fromEntries(served.map(({ member, before, after }) => [member, [before, after]]))
    expect(changes).toMatchObject({
      profile: ['oidc', 'fapi2-security'],
      id_token_signed_response_alg: ['RS256', 'ES256'],
      require_pushed_authorization_requests: ['false', 'true'],
      rotates_refresh_tokens: ['true', 'false'],
      assertion_audience: ['issuer_or_endpoint', 'issuer'],
    })
    expect(demands.map(({ demand }) => demand)).toEqual(demandsOf('fapi2-security').map(({ id }) => id))
    expect(demands.find(({ demand }) => demand === 'refresh_token_kept')?.grants).toMatch(/refresh token/)
    expect(lifted.map(({ demand }) => demand)).toEqual(['refresh_token_rotated'])
  })

  it('tells all faults that would refuse it, and the change is refused by the same', async () => {
    const clientId = await register({ require_pkce: false, scope: 'openid' })
    const body = { profile: 'fapi2-security' }
    const { faults } = await tryOut(clientId, body)
    const pointers = ['#/token_endpoint_auth_method', '#/require_pkce', '#/id_token_signed_response_alg']
    expect(faults.map(({ pointer }) => pointer)).toEqual(pointers)
    const refused = await patch(clientId, body)
    expect(refused.status).toBe(400)
    expect((await json(refused))['errors']).toEqual(faults)
  })

  it('counts the people who have consented', async () => {
    const clientId = await register(withKeys)
    for (const person of [await addAdmin(), await addAdmin()])
      await testDatabase().execute(
        sql`insert into consents (user_id, client_id, scopes) values (${person.id}::uuid, ${clientId}, '{openid}')`,
      )
    expect((await tryOut(clientId, { profile: 'mcp' })).people).toBe(2)
  })

  it('is refused to whoever may not make the change, by the same answers', async () => {
    const clientId = await register({ scope: 'admin:users:read' })
    const lesser = await addAdmin({ scopes: ['admin:clients:write', 'admin:clients:read'] })
    const reader = await addAdmin({ scopes: ['admin:clients:read'] })
    for (const actor of [lesser, reader]) {
      const statuses = []
      for (const query of ['?dry_run=true', ''])
        statuses.push((await patch(clientId, { profile: 'oidc' }, query, actor)).status)
      expect(statuses).toEqual([403, 403])
    }
    for (const query of ['?dry_run=true', '']) {
      expect((await patch('nobody-has-this-id', { profile: 'oidc' }, query)).status).toBe(404)
      expect((await patch(clientId, { profile: 'oidc' }, query, admin, '"9"')).status).toBe(412)
      expect((await patch(clientId, { profile: 'no-such' }, query)).status).toBe(400)
    }
    expect(await eventsOf(clientId)).toEqual(['client.created'])
  })

  it('tries out any other change as well', async () => {
    const clientId = await register()
    const { served, demands } = await tryOut(clientId, { client_name: 'Other', access_token_ttl_seconds: 60 })
    expect(served).toEqual([
      { member: 'client_name', before: 'Shop', after: 'Other' },
      { member: 'access_token_ttl_seconds', before: null, after: '60' },
    ])
    expect(demands).toEqual([])
  })
})

describe('registering under a profile', () => {
  it('takes what the profile takes, with defaults that it allows', async () => {
    const clientId = await register({ ...withKeys, profile: 'fapi2-security' })
    const view = await json(await callAdmin(admin, 'GET', `/admin/clients/${clientId}`))
    expect(view).toMatchObject({ profile: 'fapi2-security', id_token_signed_response_alg: 'ES256' })
    const client = await testDependencies().findClient(clientId)
    expect(client).toMatchObject({
      require_pushed_authorization_requests: true,
      rules: { profile: 'fapi2-security', sender_constraint_required: true },
    })
    // `null` brings back the default of this profile.
    const changed = await patch(clientId, { id_token_signed_response_alg: null })
    expect(await json(changed)).toMatchObject({ id_token_signed_response_alg: 'ES256' })
  })

  it('refuses what it forbids, member by member, and registers nothing', async () => {
    const client_id = `profile-${uuidv7()}`
    const body = {
      ...shop,
      ...{ client_id, profile: 'fapi2-security', token_endpoint_auth_method: 'none' },
      id_token_signed_response_alg: 'RS256',
    }
    const refused = await callAdmin(admin, 'POST', '/admin/clients', { body })
    expect(refused.status).toBe(400)
    const pointers = ((await json(refused))['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)
    expect(pointers).toEqual(['#/token_endpoint_auth_method', '#/id_token_signed_response_alg'])
    expect(await storedRow(client_id)).toBeUndefined()
  })

  it('refuses to bring an algorithm back that the profile forbids', async () => {
    const clientId = await register({ ...withKeys, profile: 'fapi2-security' })
    const refused = await patch(clientId, { access_token_signed_response_alg: 'RS256' })
    expect(refused.status).toBe(400)
    expect(await json(refused)).toMatchObject({ errors: [{ pointer: '#/access_token_signed_response_alg' }] })
  })
})

describe('a profile for the deployment', () => {
  interface Check {
    readonly client_id: string
    readonly profile: string | null
    readonly contradicts: readonly string[]
    readonly faults: readonly { pointer: string }[]
    readonly served: readonly { member: string }[]
    readonly people: number
  }

  /** Every client, page by page. */
  async function checkAll(profile: string): Promise<ReadonlyMap<string, Check>> {
    const found = new Map<string, Check>()
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = `limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
      const response = await callAdmin(admin, 'GET', `/admin/client-profiles/${profile}/clients?${query}`)
      expect(response.status).toBe(200)
      const page = (await response.json()) as {
        items: readonly Check[]
        page_info: { next_cursor: string | null }
      }
      for (const item of page.items) found.set(item.client_id, item)
      cursor = page.page_info.next_cursor
    }
    return found
  }

  it('is checked against all clients: what contradicts it, and how each would be served', async () => {
    const lax = await register({ require_pkce: false, scope: 'openid' })
    const strict = await register({ ...withKeys, id_token_signed_response_alg: 'ES256' })
    const own = await register({ profile: 'oauth2.1', token_endpoint_auth_method: 'none' })
    const all = await checkAll('fapi2-security')
    expect(all.get(lax)?.contradicts).toEqual(['client_authentication', 'pkce', 'signature_algorithms'])
    expect(all.get(lax)?.faults.map(({ pointer }) => pointer)).toEqual([
      '#/token_endpoint_auth_method',
      '#/require_pkce',
      '#/id_token_signed_response_alg',
    ])
    expect(all.get(lax)?.served.map(({ member }) => member)).toContain('require_pkce')
    expect(all.get(strict)).toMatchObject({ profile: null, contradicts: [], faults: [], people: 0 })
    expect(all.get(strict)?.served.map(({ member }) => member)).toContain('rotates_refresh_tokens')
    expect(all.get(own)).toMatchObject({ profile: 'oauth2.1', contradicts: [], served: [] })
  })

  it('that is the one of now changes nothing for anybody', async () => {
    const all = await checkAll('oidc')
    for (const { client_id, served } of all.values()) expect([client_id, served]).toEqual([client_id, []])
  })

  it('says what it demands, and what happens to grants', async () => {
    const response = await callAdmin(admin, 'GET', '/admin/client-profiles/fapi2-message-signing')
    const profile = (await response.json()) as Json & { demands: readonly Json[]; clients: number }
    expect(profile).toMatchObject({ profile: 'fapi2-message-signing', deployment_profile: 'oidc' })
    expect(profile['added']).toContain('signed_request')
    expect(profile['lifted']).toEqual(['refresh_token_rotated'])
    expect(profile.demands).toHaveLength(demandsOf('fapi2-message-signing').length)
    expect(profile.clients).toBeGreaterThan(0)
  })

  it('is told to whoever may read clients', async () => {
    const other = await addAdmin({ scopes: ['admin:users:read'] })
    for (const path of ['/admin/client-profiles/mcp', '/admin/client-profiles/mcp/clients'])
      expect((await callAdmin(other, 'GET', path)).status).toBe(403)
  })

  it('rules what is registered from then on, and a client of its own profile is free of it', async () => {
    const fapi = { ...env, AUTHLY_CLIENT_PROFILE: 'fapi2-security' } as unknown as Env
    const create = (body: object) =>
      callAdmin(admin, 'POST', '/admin/clients', { body: { ...shop, ...body }, env: fapi })
    const refused = await create({})
    expect([refused.status, ((await json(refused))['errors'] as Json[])[0]?.['pointer']]).toEqual([
      400,
      '#/token_endpoint_auth_method',
    ])
    expect((await create(withKeys)).status).toBe(201)
    expect((await create({ profile: 'oidc' })).status).toBe(201)
  })
})
