import { describe, expect, it } from 'vitest'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { addAdmin, addServiceAccount, callAdmin } from '../../worker/admin-client.ts'

const freshName = () => `role-${uuidv7()}`

describe('roles', () => {
  it('creates, reads, changes and deletes a role, with ETags all the way', async () => {
    const admin = await addAdmin()
    const name = freshName()
    const body = { name, description: 'Reads people', permissions: ['admin:users:read'] }
    const created = await callAdmin(admin, 'POST', '/admin/roles', { body })
    expect(created.status, await created.clone().text()).toBe(201)
    expect(created.headers.get('location')).toBe(`/admin/roles/${name}`)
    expect(created.headers.get('etag')).toBe('"1"')
    const read = await callAdmin(admin, 'GET', `/admin/roles/${name}`)
    expect(read.headers.get('etag')).toBe('"1"')
    expect(await read.json()).toEqual(await created.json())
    const patch = { body: { description: 'Reads all people' }, headers: { 'if-match': '"1"' } }
    const changed = await callAdmin(admin, 'PATCH', `/admin/roles/${name}`, patch)
    expect(changed.status, await changed.clone().text()).toBe(200)
    expect(changed.headers.get('etag')).toBe('"2"')
    const lost = await callAdmin(admin, 'PATCH', `/admin/roles/${name}`, patch)
    expect(lost.status).toBe(412)
    expect(lost.headers.get('etag')).toBe('"2"')
    const gone = await callAdmin(admin, 'DELETE', `/admin/roles/${name}`, { headers: { 'if-match': '"2"' } })
    expect(gone.status, await gone.clone().text()).toBe(204)
    expect((await callAdmin(admin, 'GET', `/admin/roles/${name}`)).status).toBe(404)
  })

  it('takes text that looks like an escape as the text it is, and refuses NUL', async () => {
    const admin = await addAdmin()
    const body = { name: freshName(), description: 'C:\\u0000 and \\ud800', permissions: [] }
    const created = await callAdmin(admin, 'POST', '/admin/roles', { body })
    expect(await created.json()).toMatchObject({ description: body.description })
    const withNul = { ...body, name: freshName(), description: 'a\\\u0000' }
    expect((await callAdmin(admin, 'POST', '/admin/roles', { body: withNul })).status).toBe(400)
  })

  it('lets nobody give away permissions they lack', async () => {
    const service = await addServiceAccount(['admin:roles:write', 'admin:users:read'])
    const body = { name: freshName(), description: 'x', permissions: ['admin:users:delete'] }
    const refused = await callAdmin(service, 'POST', '/admin/roles', { body })
    expect(refused.status).toBe(403)
    const within = { ...body, permissions: ['admin:users:read'] }
    expect((await callAdmin(service, 'POST', '/admin/roles', { body: within })).status).toBe(201)
  })

  it('keeps built-in roles, whatever the version', async () => {
    const admin = await addAdmin()
    const headers = { 'if-match': '*' }
    const body = { permissions: ['admin:users:read'] }
    expect((await callAdmin(admin, 'PATCH', '/admin/roles/admin', { body, headers })).status).toBe(403)
    expect((await callAdmin(admin, 'DELETE', '/admin/roles/support', { headers })).status).toBe(403)
  })

  it('acts once for one Idempotency-Key, in parallel and later', async () => {
    const admin = await addAdmin()
    const name = freshName()
    const body = { name, description: 'Once', permissions: [] }
    const headers = { 'idempotency-key': uuidv7() }
    const post = () => callAdmin(admin, 'POST', '/admin/roles', { body, headers })
    const answers = await Promise.all(Array.from({ length: 8 }, post))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201))
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    expect(new Set(texts).size).toBe(1)
    const other = await callAdmin(admin, 'POST', '/admin/roles', {
      body: { ...body, name: freshName() },
      headers,
    })
    expect(other.status).toBe(422)
    const withoutKey = await callAdmin(admin, 'POST', '/admin/roles', { body })
    expect(withoutKey.status).toBe(409)
  })

  it('asks for a recent sign-in before anything about roles changes (RFC 9470)', async () => {
    const admin = await addAdmin({ signedInSecondsAgo: 3600 })
    const body = { name: freshName(), description: 'x', permissions: [] }
    const refused = await callAdmin(admin, 'POST', '/admin/roles', { body })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('insufficient_user_authentication')
  })
})
