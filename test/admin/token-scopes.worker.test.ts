import { sql } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { scopes } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin } from '../worker/admin-client.ts'

const reset = { body: { method: 'temporary_password' } }

describe('a token lends no more than its scopes (least privilege, RFC 9700 §2.3)', () => {
  it('with admin:users:write alone resets no password of another administrator', async () => {
    const admin = await addAdmin({ scopes: ['admin:users:write'] })
    const other = await addAdmin()
    const support = await addAdmin({ roles: ['support'] })
    const refused = await callAdmin(admin, 'POST', `/admin/users/${other.id}/reset-password`, reset)
    expect(refused.status, await refused.clone().text()).toBe(403)
    const alsoRefused = await callAdmin(admin, 'POST', `/admin/users/${support.id}/reset-password`, reset)
    expect(alsoRefused.status).toBe(403)
    const whole = await addAdmin()
    const done = await callAdmin(whole, 'POST', `/admin/users/${other.id}/reset-password`, reset)
    expect(done.status, await done.clone().text()).toBe(200)
  })

  it('with admin:roles:write lends that and no more: neither an administrator nor a role that permits other things', async () => {
    const scopes = ['admin:users:write', 'admin:roles:write']
    const admin = await addAdmin({ scopes })
    const other = await addAdmin()
    const person = await addAdmin({ roles: [] })
    const refused = await callAdmin(admin, 'POST', `/admin/users/${other.id}/reset-password`, reset)
    expect(refused.status).toBe(403)
    for (const roles of [['admin'], ['support']]) {
      const body = { roles }
      const headers = { 'if-match': '*' }
      const granted = await callAdmin(admin, 'PUT', `/admin/users/${person.id}/roles`, { body, headers })
      expect(granted.status).toBe(403)
      const byAll = await callAdmin(await addAdmin(), 'PUT', `/admin/users/${person.id}/roles`, {
        body,
        headers,
      })
      expect(byAll.status, await byAll.clone().text()).toBe(200)
    }
    const body = { name: `r-${uuidv7()}`, description: 'r', permissions: ['admin:users:delete'] }
    expect((await callAdmin(admin, 'POST', '/admin/roles', { body })).status).toBe(403)
    const within = { ...body, permissions: ['admin:users:write'] }
    expect((await callAdmin(admin, 'POST', '/admin/roles', { body: within })).status).toBe(201)
  })

  it('with a scope that its holder has no permission for lends nothing by it', async () => {
    const scopes = ['admin:users:write', 'admin:roles:write']
    const support = await addAdmin({ roles: ['support'], scopes })
    const other = await addAdmin({ roles: ['support'] })
    const refused = await callAdmin(support, 'POST', `/admin/users/${other.id}/reset-password`, reset)
    expect(refused.status).toBe(403)
  })

  it('with admin:clients:write alone registers no client with other administrative scopes', async () => {
    const names = ['admin:users:delete', 'admin:clients:write']
    const rows = names.map((name) => ({ name, description: name }))
    await testDatabase().insert(scopes).values(rows).onConflictDoNothing()
    const admin = await addAdmin({ scopes: ['admin:clients:write'] })
    const client = (scope: string) => ({
      body: {
        client_name: `c-${uuidv7()}`,
        grant_types: ['client_credentials'],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_basic',
        scope,
      },
    })
    const refused = await callAdmin(admin, 'POST', '/admin/clients', client('admin:users:delete'))
    expect(refused.status, await refused.clone().text()).toBe(403)
    const within = await callAdmin(admin, 'POST', '/admin/clients', client('admin:clients:write'))
    expect(within.status, await within.clone().text()).toBe(201)
  })

  it('of a client that lost a scope a moment ago does not lend that one: it is asked in Postgres, with the work', async () => {
    const admin = await addAdmin()
    const roles = () => callAdmin(admin, 'GET', '/admin/roles')
    expect((await roles()).status).toBe(200)
    const { client_id } = decodeJwt(admin.token)
    await testDatabase().execute(
      sql`update clients set scopes = array_remove(scopes, 'admin:roles:read') where client_id = ${client_id}`,
    )
    expect((await roles()).status).toBe(403)
    expect((await callAdmin(admin, 'GET', '/admin/users')).status).toBe(200)
  })

  it('of a service account neither', async () => {
    const service = await addServiceAccount(['admin:users:write'])
    const other = await addAdmin({ roles: ['support'] })
    const refused = await callAdmin(service, 'POST', `/admin/users/${other.id}/reset-password`, reset)
    expect(refused.status).toBe(403)
  })
})
