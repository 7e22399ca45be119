import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../test/fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin } from '../../test/worker/admin-client.ts'
import { scopes } from '../db/schema.ts'
import { uuidv7 } from '../kit/ids.ts'

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

  it('of a service account neither', async () => {
    const service = await addServiceAccount(['admin:users:write'])
    const other = await addAdmin({ roles: ['support'] })
    const refused = await callAdmin(service, 'POST', `/admin/users/${other.id}/reset-password`, reset)
    expect(refused.status).toBe(403)
  })
})
