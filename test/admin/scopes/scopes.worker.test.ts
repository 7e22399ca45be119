import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin, testDependencies } from '../../worker/admin-client.ts'

const json = async (response: Response) => (await response.json()) as Record<string, unknown>
const freshName = () => `orders:${uuidv7()}`
const freshResource = () => `https://api.example/${uuidv7()}?v=1&x=a%2Fb`
const at = (kind: 'scopes' | 'resource-servers', id: string) => `/admin/${kind}/${encodeURIComponent(id)}`
const any = { 'if-match': '*' }

describe('scopes', () => {
  it('creates, reads, changes and deletes a scope, with ETags all the way', async () => {
    const admin = await addAdmin()
    const name = freshName()
    const body = { name, description: 'Read your orders' }
    const created = await callAdmin(admin, 'POST', '/admin/scopes', { body })
    expect(created.status, await created.clone().text()).toBe(201)
    expect(created.headers.get('location')).toBe(at('scopes', name))
    const read = await callAdmin(admin, 'GET', at('scopes', name))
    expect(read.headers.get('etag')).toBe('"1"')
    expect(await json(read)).toEqual(await json(created))
    const patch = { body: { description: 'See your orders' }, headers: { 'if-match': '"1"' } }
    const changed = await callAdmin(admin, 'PATCH', at('scopes', name), patch)
    expect(await json(changed)).toMatchObject({
      description: 'See your orders',
      resource: null,
      built_in: false,
    })
    expect((await callAdmin(admin, 'PATCH', at('scopes', name), patch)).status).toBe(412)
    const empty = await callAdmin(admin, 'PATCH', at('scopes', name), { body: {}, headers: any })
    expect([empty.status, empty.headers.get('etag')]).toEqual([200, '"2"'])
    expect(
      (await callAdmin(admin, 'DELETE', at('scopes', name), { headers: { 'if-match': '"1"' } })).status,
    ).toBe(412)
    expect(
      (await callAdmin(admin, 'DELETE', at('scopes', name), { headers: { 'if-match': '"2"' } })).status,
    ).toBe(204)
    expect((await callAdmin(admin, 'GET', at('scopes', name))).status).toBe(404)
    expect((await callAdmin(admin, 'DELETE', at('scopes', name), { headers: any })).status).toBe(404)
  })

  it('is in the catalog at once: a client may be registered for it in the next request', async () => {
    const admin = await addAdmin()
    const name = freshName()
    await callAdmin(admin, 'POST', '/admin/scopes', { body: { name, description: 'x' } })
    const catalog = await testDependencies().loadScopeCatalog()
    expect(catalog.scopes.map((scope) => scope.name)).toContain(name)
    const body = { client_name: 'Shop', redirect_uris: ['https://shop.example/cb'], scope: name }
    expect((await callAdmin(admin, 'POST', '/admin/clients', { body })).status).toBe(201)
  })

  it('keeps a scope that a client is registered for, and tells a wrong version first', async () => {
    const admin = await addAdmin()
    const name = freshName()
    await callAdmin(admin, 'POST', '/admin/scopes', { body: { name, description: 'x' } })
    const body = { client_name: 'Shop', redirect_uris: ['https://shop.example/cb'], scope: name }
    await callAdmin(admin, 'POST', '/admin/clients', { body })
    const refused = await callAdmin(admin, 'DELETE', at('scopes', name), { headers: any })
    expect(await json(refused)).toMatchObject({ status: 409, type: 'urn:authly:problem:scope_in_use' })
    expect(
      (await callAdmin(admin, 'DELETE', at('scopes', name), { headers: { 'if-match': '"7"' } })).status,
    ).toBe(412)
    expect((await callAdmin(admin, 'GET', at('scopes', name))).status).toBe(200)
    const { rows } = await testDatabase().execute(
      sql`select 1 from audit_events where type = 'scope.deleted' and entity_id = ${name}`,
    )
    expect(rows).toHaveLength(0)
  })

  it('protects what the server itself means: OpenID Connect scopes and permissions', async () => {
    const admin = await addAdmin()
    for (const name of ['openid', 'admin:users:read', 'admin:made:up']) {
      const body = { name, description: 'Harmless' }
      expect((await callAdmin(admin, 'POST', '/admin/scopes', { body })).status).toBe(400)
      const patch = { body: { description: 'Harmless' }, headers: any }
      expect((await callAdmin(admin, 'PATCH', at('scopes', name), patch)).status).toBe(403)
      expect((await callAdmin(admin, 'DELETE', at('scopes', name), { headers: any })).status).toBe(403)
    }
  })

  it.each([
    [{ name: 'two words', description: 'x' }, '#/name'],
    [{ name: 'quote"', description: 'x' }, '#/name'],
    [{ name: '', description: 'x' }, '#/name'],
    [{ name: 'a', description: '' }, '#/description'],
    [{ name: 'a', description: 'a\nb' }, '#/description'],
    [{ name: 'a', description: 'x', resource: 'not a uri' }, '#/resource'],
    [{ name: 'a', description: 'x', resource: 'https://api.example/#x' }, '#/resource'],
  ])('refuses %j', async (body, pointer) => {
    const refused = await callAdmin(await addAdmin(), 'POST', '/admin/scopes', { body })
    expect(await json(refused)).toMatchObject({ status: 400, errors: [{ pointer }] })
  })

  it('says 409 for a taken name and for an unknown resource server', async () => {
    const admin = await addAdmin()
    const body = { name: freshName(), description: 'x' }
    await callAdmin(admin, 'POST', '/admin/scopes', { body })
    expect((await callAdmin(admin, 'POST', '/admin/scopes', { body })).status).toBe(409)
    const homeless = { name: freshName(), description: 'x', resource: freshResource() }
    const refused = await callAdmin(admin, 'POST', '/admin/scopes', { body: homeless })
    expect(await json(refused)).toMatchObject({ status: 409, errors: [{ pointer: '#/resource' }] })
    const moved = { body: { resource: freshResource() }, headers: any }
    expect((await callAdmin(admin, 'PATCH', at('scopes', body.name), moved)).status).toBe(409)
  })

  it('lists by name in pages', async () => {
    const admin = await addAdmin()
    const resource = freshResource()
    await callAdmin(admin, 'POST', '/admin/resource-servers', { body: { resource, name: 'Orders' } })
    const names = [freshName(), freshName(), freshName()]
    for (const name of names) {
      const made = await callAdmin(admin, 'POST', '/admin/scopes', {
        body: { name, description: 'x', resource },
      })
      expect(made.status, await made.clone().text()).toBe(201)
    }
    const first = `/admin/scopes?resource=${encodeURIComponent(resource)}&limit=2&include_total=true`
    const page = await json(await callAdmin(admin, 'GET', first))
    const { next_cursor, total_count } = page['page_info'] as Record<string, unknown>
    expect(total_count).toBe(3)
    const rest = await json(await callAdmin(admin, 'GET', `${first}&cursor=${next_cursor}`))
    const seen = [page, rest].flatMap(({ items }) => items as { name: string }[]).map(({ name }) => name)
    expect(seen).toEqual(names.toSorted())
    expect((await callAdmin(admin, 'GET', '/admin/scopes?cursor=x')).status).toBe(400)
  })

  it('needs the permission', async () => {
    const reader = await addServiceAccount(['admin:scopes:read'])
    const body = { name: freshName(), description: 'x' }
    expect((await callAdmin(reader, 'POST', '/admin/scopes', { body })).status).toBe(403)
    expect((await callAdmin(reader, 'GET', '/admin/scopes')).status).toBe(200)
  })
})

describe('resource servers', () => {
  it('creates, reads, changes and deletes one under its percent-encoded indicator (RFC 8707)', async () => {
    const admin = await addAdmin()
    const resource = freshResource()
    const path = at('resource-servers', resource)
    const created = await callAdmin(admin, 'POST', '/admin/resource-servers', {
      body: { resource, name: 'Orders' },
    })
    expect(created.status, await created.clone().text()).toBe(201)
    expect(created.headers.get('location')).toBe(path)
    expect(
      (await callAdmin(admin, 'POST', '/admin/resource-servers', { body: { resource, name: 'x' } })).status,
    ).toBe(409)
    expect(await json(await callAdmin(admin, 'GET', path))).toMatchObject({ resource, name: 'Orders' })
    const patch = { body: { name: 'All orders' }, headers: { 'if-match': '"1"' } }
    expect(await json(await callAdmin(admin, 'PATCH', path, patch))).toMatchObject({ name: 'All orders' })
    expect((await callAdmin(admin, 'PATCH', path, patch)).status).toBe(412)
    expect((await testDependencies().loadScopeCatalog()).resource_servers).toContainEqual({
      resource,
      name: 'All orders',
      open_to_unreviewed: false,
    })
    const listed = await json(
      await callAdmin(admin, 'GET', '/admin/resource-servers?limit=200&include_total=true'),
    )
    expect((listed['items'] as { resource: string }[]).some((item) => item.resource === resource)).toBe(true)
    expect((await callAdmin(admin, 'DELETE', path, { headers: { 'if-match': '"2"' } })).status).toBe(204)
    expect((await callAdmin(admin, 'GET', path)).status).toBe(404)
  })

  it('has metadata to publish: exactly its indicator, and the scopes of its own (RFC 9728 §2)', async () => {
    const admin = await addAdmin()
    const [resource, name] = [freshResource(), freshName()]
    await callAdmin(admin, 'POST', '/admin/resource-servers', { body: { resource, name: 'Orders' } })
    await callAdmin(admin, 'POST', '/admin/scopes', { body: { name, description: 'x', resource } })
    const path = `${at('resource-servers', resource)}/metadata`
    expect(await json(await callAdmin(admin, 'GET', path))).toEqual({
      ...{ resource, resource_name: 'Orders', authorization_servers: ['https://auth.test'] },
      ...{ scopes_supported: [name], bearer_methods_supported: ['header'] },
    })
  })

  it('keeps one that has scopes or that a client names', async () => {
    const admin = await addAdmin()
    const resource = freshResource()
    const path = at('resource-servers', resource)
    await callAdmin(admin, 'POST', '/admin/resource-servers', { body: { resource, name: 'Orders' } })
    const name = freshName()
    await callAdmin(admin, 'POST', '/admin/scopes', { body: { name, description: 'x', resource } })
    const refused = await callAdmin(admin, 'DELETE', path, { headers: any })
    expect(await json(refused)).toMatchObject({
      status: 409,
      type: 'urn:authly:problem:resource_server_in_use',
    })
    expect((await callAdmin(admin, 'DELETE', path, { headers: { 'if-match': '"9"' } })).status).toBe(412)
    await callAdmin(admin, 'DELETE', at('scopes', name), { headers: any })
    const body = { client_name: 'Api', grant_types: [], serves_resources: [resource] }
    const client = await callAdmin(admin, 'POST', '/admin/clients', { body })
    expect(client.status, await client.clone().text()).toBe(201)
    expect((await callAdmin(admin, 'DELETE', path, { headers: any })).status).toBe(409)
  })

  it('cannot be this server itself', async () => {
    const body = { resource: 'https://auth.test', name: 'Admin' }
    expect((await callAdmin(await addAdmin(), 'POST', '/admin/resource-servers', { body })).status).toBe(400)
  })
})
