import { describe, expect, it } from 'vitest'
import { uuidv7 } from '../../src/kit/ids.ts'
import {
  addAdmin,
  addClient,
  addServiceAccount,
  callAdmin,
  testDependencies,
} from '../worker/admin-client.ts'

const mfa = 'urn:authly:acr:mfa'
const headers = { 'if-match': '*' }

describe('what a client demands of sign-ins', () => {
  it('is registered, changed, shown and known where people sign in', async () => {
    const admin = await addAdmin()
    const body = {
      ...{ client_name: 'Bank', redirect_uris: ['https://bank.test/cb'], default_acr_values: [] },
      ...{ required_acr_values: [mfa], max_sessions_per_user: 2 },
    }
    const created = await callAdmin(admin, 'POST', '/admin/clients', { body })
    expect(created.status, await created.clone().text()).toBe(201)
    const shown = (await created.json()) as { client_id: string }
    expect(shown).toMatchObject({ required_acr_values: [mfa], max_sessions_per_user: 2 })
    const path = `/admin/clients/${shown.client_id}`
    const patch = { required_acr_values: ['phr'], max_sessions_per_user: null }
    const changed = await callAdmin(admin, 'PATCH', path, { body: patch, headers })
    expect(await changed.json()).toMatchObject(patch)
    expect(await testDependencies().findClient(shown.client_id)).toMatchObject({
      ...{ required_acr_values: ['phr'], max_sessions_per_user: undefined },
    })
  })

  it.each([
    [{ required_acr_values: ['gold'] }, '#/required_acr_values/0'],
    [{ required_acr_values: [mfa, mfa] }, '#/required_acr_values'],
    [{ max_sessions_per_user: 0 }, '#/max_sessions_per_user'],
    [{ max_sessions_per_user: 101 }, '#/max_sessions_per_user'],
  ])('is refused: %j', async (body, pointer) => {
    const service = await addServiceAccount()
    const path = `/admin/clients/${await addClient([])}`
    const refused = await callAdmin(service, 'PATCH', path, { body, headers })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ errors: [{ pointer }] })
  })
})

describe('what a role demands of sign-ins', () => {
  const addRole = async (required_acr_values: readonly string[]) => {
    const service = await addServiceAccount()
    const name = `role-${uuidv7()}`
    const body = { name, description: 'x', permissions: ['admin:users:read'], required_acr_values }
    return { name, created: await callAdmin(service, 'POST', '/admin/roles', { body }) }
  }

  it('is shown and changed', async () => {
    const { name, created } = await addRole([mfa])
    expect(await created.json()).toMatchObject({ required_acr_values: [mfa] })
    const admin = await addAdmin({ acr: 'phr' })
    const path = `/admin/roles/${name}`
    const changed = await callAdmin(admin, 'PATCH', path, { body: { required_acr_values: ['phr'] }, headers })
    expect(await changed.json()).toMatchObject({ required_acr_values: ['phr'] })
    const unknown = await callAdmin(admin, 'PATCH', path, { body: { required_acr_values: ['x'] }, headers })
    expect(unknown.status).toBe(400)
  })

  it('changes alone for a built-in role and one’s own, and back', async () => {
    const admin = await addAdmin({ acr: mfa })
    const set = (body: object) => callAdmin(admin, 'PATCH', '/admin/roles/support', { body, headers })
    try {
      // Of everybody who is signed in: files that run at the same time use this role too.
      const changed = await set({ required_acr_values: ['urn:authly:acr:pwd'] })
      expect(changed.status, await changed.clone().text()).toBe(200)
      expect((await set({ required_acr_values: [], description: 'x' })).status).toBe(403)
    } finally {
      expect((await set({ required_acr_values: [] })).status).toBe(200)
    }
  })

  it('counts at the admin API too: a session from before is too weak, and is told what is wanted', async () => {
    const { name } = await addRole(['phr'])
    const weak = await addAdmin({ roles: [name] })
    const refused = await callAdmin(weak, 'GET', '/admin/users')
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="authly", (resource_metadata="[^"]+"), error="insufficient_user_authentication".*acr_values="phr", DPoP realm="authly", \1, algs="[^"]+"$/,
    )
    for (const acr of ['phr', 'phrh']) {
      const strong = await addAdmin({ roles: [name], acr })
      expect((await callAdmin(strong, 'GET', '/admin/users')).status).toBe(200)
    }
  })

  it('is not set by somebody who does not reach it, or has not the permissions of the role', async () => {
    const weak = await addAdmin()
    const body = { required_acr_values: [mfa] }
    const excluded = await callAdmin(weak, 'PATCH', '/admin/roles/support', { body, headers })
    expect(excluded.status).toBe(400)
    expect(await excluded.json()).toMatchObject({ errors: [{ pointer: '#/required_acr_values' }] })
    const limited = await addServiceAccount(['admin:roles:write'])
    expect((await callAdmin(limited, 'PATCH', '/admin/roles/admin', { body, headers })).status).toBe(403)
  })
})
