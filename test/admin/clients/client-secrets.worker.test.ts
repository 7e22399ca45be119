import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/kit/hash.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, callAdmin, testDependencies } from '../../worker/admin-client.ts'

const json = async (response: Response) => (await response.json()) as Record<string, unknown>

async function addClient(body: object = {}) {
  const admin = await addAdmin()
  const created = await callAdmin(admin, 'POST', '/admin/clients', {
    body: { client_name: 'Service', grant_types: ['client_credentials'], ...body },
  })
  expect(created.status, await created.clone().text()).toBe(201)
  const { client_id, client_secret } = await json(created)
  return { admin, path: `/admin/clients/${client_id}/secrets`, client_id: String(client_id), client_secret }
}

describe('client secrets', () => {
  it('rolls over: two live secrets, both count, then the old one goes', async () => {
    const { admin, path, client_id, client_secret } = await addClient()
    const added = await callAdmin(admin, 'POST', path, { body: {} })
    expect(added.status, await added.clone().text()).toBe(201)
    const second = await json(added)
    const live = async () =>
      (await testDependencies().findClient(client_id))?.secrets.map((secret) => secret.secret_hash)
    const hashes = [await sha256(String(second['client_secret'])), await sha256(String(client_secret))]
    expect(await live()).toEqual(hashes)
    const listed = await callAdmin(admin, 'GET', path)
    const text = await listed.text()
    expect(text).not.toContain('authly_cs_')
    expect(hashes.some((hash) => text.includes(hash))).toBe(false)
    const items = (JSON.parse(text) as { items: { id: string }[] }).items
    expect(items).toHaveLength(2)
    expect((await callAdmin(admin, 'DELETE', `${path}/${items[1]?.id}`)).status).toBe(204)
    expect(await live()).toEqual(hashes.slice(0, 1))
    expect((await callAdmin(admin, 'DELETE', `${path}/${items[1]?.id}`)).status).toBe(404)
    expect((await callAdmin(admin, 'DELETE', `${path}/${uuidv7()}`)).status).toBe(404)
  })

  it('refuses a third live secret, also to parallel requests, and keeps no idempotent answer of a refusal', async () => {
    const { admin, path } = await addClient()
    const headers = { 'idempotency-key': uuidv7() }
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => callAdmin(admin, 'POST', path, { body: {} })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
    const refused = await callAdmin(admin, 'POST', path, { body: {}, headers })
    expect(await json(refused)).toMatchObject({ status: 409, type: 'urn:authly:problem:too_many_secrets' })
    const { items } = (await json(await callAdmin(admin, 'GET', path))) as { items: { id: string }[] }
    await callAdmin(admin, 'DELETE', `${path}/${items[0]?.id}`)
    const first = await json(await callAdmin(admin, 'POST', path, { body: {}, headers }))
    const again = await json(await callAdmin(admin, 'POST', path, { body: {}, headers }))
    expect(first['client_secret']).toMatch(/^authly_cs_/)
    expect(again).toEqual(first)
  })

  it('lets secrets expire; expired ones make room', async () => {
    const { admin, path, client_id } = await addClient()
    const past = await callAdmin(admin, 'POST', path, { body: { expires_at: '2020-01-01T00:00:00Z' } })
    expect(past.status).toBe(400)
    const expires_at = new Date(Date.now() + 3600_000).toISOString()
    const added = await json(await callAdmin(admin, 'POST', path, { body: { expires_at } }))
    expect(added['expires_at']).toBe(expires_at)
    await testDatabase().execute(
      sql`update client_secrets set expires_at = now() - interval '1 s' where client_id = ${client_id}`,
    )
    expect((await callAdmin(admin, 'POST', path, { body: {} })).status).toBe(201)
    const { items } = (await json(await callAdmin(admin, 'GET', path))) as { items: unknown[] }
    expect(items).toHaveLength(1)
  })

  it('raises the version with every secret, so that caches and If-Match see it', async () => {
    const { admin, path } = await addClient()
    await callAdmin(admin, 'POST', path, { body: {} })
    const read = await callAdmin(admin, 'GET', path.replace('/secrets', ''))
    expect(read.headers.get('etag')).toBe('"2"')
  })

  it('gives none to clients that do not authenticate by secret', async () => {
    const { admin, path, client_secret } = await addClient({
      ...{ token_endpoint_auth_method: 'none', application_type: 'native' },
      ...{ grant_types: ['authorization_code'], redirect_uris: ['http://127.0.0.1/callback'] },
    })
    expect(client_secret).toBeUndefined()
    const refused = await callAdmin(admin, 'POST', path, { body: {} })
    expect(await json(refused)).toMatchObject({ status: 409, type: 'urn:authly:problem:no_secret_method' })
  })
})
