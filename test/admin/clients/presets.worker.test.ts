/** Presets in the API: resolved by the server, tried out without a trace, explicit members first. */
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin } from '../../worker/admin-client.ts'
import { hearLog } from '../../worker/hear-log.ts'

const heard = hearLog()
const freshId = () => `preset-${uuidv7().replaceAll('-', '')}`
type Json = Record<string, unknown>
const json = async (response: Response) => (await response.json()) as Json

async function addApi(...scopes: string[]): Promise<string> {
  const resource = `https://${freshId()}.example`
  await testDatabase().execute(sql`insert into resource_servers (resource, name) values (${resource}, 'API')`)
  for (const name of scopes) {
    await testDatabase().execute(
      sql`insert into scopes (name, description, resource) values (${name}, 'x', ${resource})`,
    )
  }
  return resource
}

beforeAll(async () => {
  const names = ['openid', 'profile', 'email', 'offline_access', 'admin:users:write']
  for (const name of names) {
    await testDatabase().execute(
      sql`insert into scopes (name, description) values (${name}, 'x') on conflict do nothing`,
    )
  }
})

const rowsOf = async (client_id: string) =>
  (
    await testDatabase().execute(sql`
      select 'client' as what from clients where client_id = ${client_id}
      union all select 'id' from client_ids where client_id = ${client_id}
      union all select 'secret' from client_secrets where client_id = ${client_id}
      union all select 'event' from audit_events where entity_id = ${client_id}`)
  ).rows

describe('POST /admin/clients with a preset', () => {
  it('registers what the preset says, and answers with what to configure', async () => {
    const admin = await addAdmin()
    const client_id = freshId()
    const body = {
      ...{ client_id, client_name: 'Shop', preset: 'web', framework: 'nextjs' },
      redirect_uris: ['https://shop.example/auth/callback'],
    }
    const created = await callAdmin(admin, 'POST', '/admin/clients', { body })
    expect(created.status, await created.clone().text()).toBe(201)
    const { client_secret, client_secret_expires_at, setup, ...client } = await json(created)
    expect(client_secret_expires_at).toBe(0)
    expect(client).toMatchObject({
      ...{ grant_types: ['authorization_code', 'refresh_token'], scope: 'openid profile email' },
      ...{ first_party: true, post_logout_redirect_uris: ['https://shop.example/'] },
      backchannel_logout_uri: 'https://shop.example/auth/backchannel-logout',
      token_endpoint_auth_methods: ['client_secret_basic', 'client_secret_post'],
    })
    expect(client).not.toHaveProperty('preset')
    expect(setup).toMatchObject({
      ...{ preset: 'web', framework: 'nextjs', env_file: '.env.local' },
      environment: [
        { name: 'AUTHLY_ISSUER', value: 'https://auth.test' },
        { name: 'AUTHLY_CLIENT_ID', value: client_id },
        { name: 'AUTHLY_CLIENT_SECRET', value: client_secret },
        { name: 'AUTHLY_SESSION_SECRET', value: null, random_bytes: 32 },
        { name: 'AUTHLY_BASE_URL', value: 'https://shop.example' },
      ],
    })
    const read = await json(await callAdmin(admin, 'GET', `/admin/clients/${client_id}`))
    expect(read).toEqual(client)
  })

  it('shows the secret in the answer, and nowhere else: neither in the log nor in the trail', async () => {
    const admin = await addAdmin()
    const body = { client_name: 'Job', preset: 'machine' }
    const created = await json(await callAdmin(admin, 'POST', '/admin/clients', { body }))
    const secret = String(created['client_secret'])
    expect(secret).toMatch(/^authly_cs_/)
    expect(heard.texts.join()).not.toContain(secret)
    const { rows } = await testDatabase().execute(
      sql`select to_jsonb(e)::text as event from audit_events e where entity_id = ${String(created['client_id'])}`,
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(secret)
  })

  it('is repeated with the same answer under an Idempotency-Key', async () => {
    const admin = await addAdmin()
    const options = {
      body: { client_name: 'Job', preset: 'machine' },
      headers: { 'idempotency-key': freshId() },
    }
    const first = await json(await callAdmin(admin, 'POST', '/admin/clients', options))
    expect(await json(await callAdmin(admin, 'POST', '/admin/clients', options))).toEqual(first)
  })

  it('adds the scopes of the APIs it names, those made a moment ago included, unless scope is given', async () => {
    const admin = await addAdmin()
    const name = `${freshId()}:read`
    const resource = await addApi(name)
    const create = async (more: Json) => {
      const body = { client_name: 'Editor', preset: 'mcp', resources: [resource], ...more }
      const created = await callAdmin(admin, 'POST', '/admin/clients', { body })
      expect(created.status, await created.clone().text()).toBe(201)
      return json(created)
    }
    const created = await create({})
    expect(created['scope']).toBe(`openid profile offline_access ${name}`)
    expect(created).toMatchObject({ profile: 'mcp', resources: [resource], first_party: false })
    expect((await create({ scope: name }))['scope']).toBe(name)
  })

  it('refuses what cannot be: a framework of another preset, mcp without a server, names there are not', async () => {
    const admin = await addAdmin()
    for (const [named, pointer] of [
      [{ preset: 'native', framework: 'spring' }, '#/framework'],
      [{ preset: 'mcp' }, '#/resources'],
      [{ preset: 'desktop' }, '#/preset'],
      [{ framework: 'cobol' }, '#/framework'],
      [{ preset: 'machine', token_endpoint_auth_method: 'none' }, '#/grant_types'],
      [{ preset: 'spa' }, '#/redirect_uris'],
    ] as const) {
      const body = { client_name: 'Shop', ...named }
      const refused = await callAdmin(admin, 'POST', '/admin/clients', { body })
      expect(refused.status).toBe(400)
      expect((await json(refused))['errors']).toContainEqual(expect.objectContaining({ pointer }))
    }
  })

  it('gives nobody more than they may give: a preset with admin scopes needs these permissions', async () => {
    const service = await addServiceAccount(['admin:clients:write'])
    const body = { client_name: 'Job', preset: 'machine', scope: 'admin:users:write' }
    expect((await callAdmin(service, 'POST', '/admin/clients', { body })).status).toBe(403)
  })

  it('registers the development server only where this server runs on loopback itself', async () => {
    const admin = await addAdmin()
    const body = { client_name: 'Shop', preset: 'web', framework: 'express' }
    const created = await json(await callAdmin(admin, 'POST', '/admin/clients', { body }))
    // A confidential client may have it anywhere (RFC 8252 §8.3); logout tokens are not sent there.
    expect(created['redirect_uris']).toEqual(['http://localhost:3000/auth/callback'])
    expect(created['backchannel_logout_uri']).toBeNull()
  })
})

describe('?dry_run=true', () => {
  it('tells what would be registered, and leaves nothing behind: no client, id, secret or event', async () => {
    const admin = await addAdmin()
    const client_id = freshId()
    const body = { client_id, client_name: 'Shop', preset: 'web' }
    const tried = await callAdmin(admin, 'POST', '/admin/clients?dry_run=true', { body })
    expect(tried.status, await tried.clone().text()).toBe(200)
    const answer = await json(tried)
    expect(answer).toMatchObject({ client_id, first_party: true, dry_run: { faults: [] } })
    expect(answer).not.toHaveProperty('client_secret')
    expect((answer['setup'] as Json)['environment']).toContainEqual({
      ...{ name: 'AUTHLY_CLIENT_SECRET', value: null },
    })
    expect(await rowsOf(client_id)).toEqual([])
    expect((await callAdmin(admin, 'POST', '/admin/clients', { body })).status).toBe(201)
  })

  it('tells why it would be refused, with every fault', async () => {
    const admin = await addAdmin()
    const body = { client_name: 'Shop', preset: 'spa', grant_types: ['client_credentials'] }
    const tried = await callAdmin(admin, 'POST', '/admin/clients?dry_run=true', { body })
    expect(tried.status).toBe(200)
    const { dry_run } = (await json(tried)) as { dry_run: { faults: { pointer: string }[] } }
    expect(dry_run.faults.map(({ pointer }) => pointer)).toContain('#/grant_types')
  })

  it('tells nobody more than the creation: rights and taken ids are refused as there', async () => {
    const admin = await addAdmin()
    const service = await addServiceAccount(['admin:clients:write'])
    const body = { client_name: 'Job', preset: 'machine', scope: 'admin:users:write' }
    for (const path of ['/admin/clients?dry_run=true', '/admin/clients']) {
      expect((await callAdmin(service, 'POST', path, { body })).status, path).toBe(403)
    }
    // Also where the registration has faults: they are told to those who may make it.
    const faulty = { ...body, grant_types: ['refresh_token'], response_types: [] }
    const refused = await callAdmin(service, 'POST', '/admin/clients?dry_run=true', { body: faulty })
    expect(refused.status).toBe(403)
    const taken = { client_id: freshId(), client_name: 'Job', preset: 'machine' }
    expect((await callAdmin(admin, 'POST', '/admin/clients', { body: taken })).status).toBe(201)
    const again = await callAdmin(admin, 'POST', '/admin/clients?dry_run=true', { body: taken })
    expect(again.status).toBe(409)
  })

  it('works without a preset', async () => {
    const admin = await addAdmin()
    const body = { client_name: 'Shop', redirect_uris: ['https://shop.example/cb'] }
    const tried = await json(await callAdmin(admin, 'POST', '/admin/clients?dry_run=true', { body }))
    expect(tried).toMatchObject({ redirect_uris: body.redirect_uris, dry_run: { faults: [] } })
    expect(tried).not.toHaveProperty('setup')
    const path = `/admin/clients/${tried['client_id']}`
    expect((await callAdmin(admin, 'GET', path)).status).toBe(404)
  })
})
