import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { scopes } from '../../../src/db/schema.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import {
  addAdmin,
  addClient,
  addServiceAccount,
  callAdmin,
  type TestActor,
} from '../../worker/admin-client.ts'

const database = testDatabase()
const mine = ['admin:clients:read', 'admin:clients:write']
const jwks = {
  keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid: 'k' }],
}

/** A service account that is restricted; cached copies still say that it is not, Postgres knows better. */
async function addRestricted(
  restriction = sql`admin_ip_allow_list = '{203.0.113.0/24}'`,
): Promise<TestActor> {
  const rows = mine.map((name) => ({ name, description: name }))
  await database.insert(scopes).values(rows).onConflictDoNothing()
  const robot = await addServiceAccount(mine)
  await database.execute(sql`update clients set ${restriction} where client_id = ${robot.id}`)
  return robot
}

const make = (actor: TestActor, more: object) =>
  callAdmin(actor, 'POST', '/admin/clients', {
    body: {
      ...{ client_name: `c-${uuidv7()}`, grant_types: ['client_credentials'], response_types: [] },
      ...{ scope: 'admin:clients:write', ...more },
    },
  })
const patch = (actor: TestActor, id: string, body: object) =>
  callAdmin(actor, 'PATCH', `/admin/clients/${id}`, {
    body,
    headers: { 'if-match': '*', 'content-type': 'application/merge-patch+json' },
  })
const restrictionsOf = async (id: string) =>
  (
    await database.execute(
      sql`select require_request_signing, admin_ip_allow_list from clients where client_id = ${id}`,
    )
  ).rows[0]

describe('what a restricted client makes or changes is at least as restricted', () => {
  it('makes no twin from other addresses; a narrower one it may', async () => {
    const robot = await addRestricted()
    for (const list of [[], ['203.0.0.0/16'], ['203.0.113.0/25', '198.51.100.1'], ['2001:db8::/32']]) {
      const refused = await make(robot, { admin_ip_allow_list: list })
      expect(refused.status, String(list)).toBe(403)
      expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('less restricted') })
    }
    const narrower = await make(robot, { admin_ip_allow_list: ['203.0.113.128/25', '203.0.113.9'] })
    expect(narrower.status, await narrower.clone().text()).toBe(201)
  })

  it('hands its restrictions on where nothing is said of them', async () => {
    const robot = await addServiceAccount(mine)
    const restrict = { admin_ip_allow_list: ['203.0.113.0/24'] }
    expect((await patch(await addAdmin(), robot.id, restrict)).status).toBe(200)
    const made = await make(robot, {})
    expect(made.status, await made.clone().text()).toBe(201)
    const { client_id } = (await made.json()) as { client_id: string }
    expect(await restrictionsOf(client_id)).toMatchObject({ admin_ip_allow_list: ['203.0.113.0/24'] })
  })

  it('makes no twin that need not sign', async () => {
    const robot = await addRestricted(sql`require_request_signing = true`)
    expect((await make(robot, {})).status).toBe(403)
    expect((await make(robot, { require_request_signing: false, jwks })).status).toBe(403)
    const signing = await make(robot, { require_request_signing: true, jwks })
    expect(signing.status, await signing.clone().text()).toBe(201)
  })

  it('changes no client that is less restricted, gives it no secret, and lifts nothing', async () => {
    const robot = await addRestricted()
    const free = await addClient(['admin:clients:write'])
    expect((await patch(robot, free, { client_name: 'Mine now' })).status).toBe(403)
    expect((await callAdmin(robot, 'POST', `/admin/clients/${free}/secrets`, { body: {} })).status).toBe(403)
    const sibling = await addClient(['admin:clients:write'])
    const same = sql`admin_ip_allow_list = '{203.0.113.0/24}'`
    await database.execute(sql`update clients set ${same} where client_id = ${sibling}`)
    expect((await patch(robot, sibling, { client_name: 'Sibling' })).status).toBe(200)
    expect((await patch(robot, sibling, { admin_ip_allow_list: [] })).status).toBe(403)
    expect((await callAdmin(robot, 'POST', `/admin/clients/${sibling}/secrets`, { body: {} })).status).toBe(
      201,
    )
    expect(await restrictionsOf(sibling)).toMatchObject({ admin_ip_allow_list: ['203.0.113.0/24'] })
  })

  it('gives a client without administrative scopes no way in later', async () => {
    const robot = await addRestricted()
    const plain = await make(robot, { scope: '', admin_ip_allow_list: [] })
    expect(plain.status, await plain.clone().text()).toBe(201)
    const { client_id } = (await plain.json()) as { client_id: string }
    expect((await patch(robot, client_id, { client_name: 'Shop' })).status).toBe(200)
    expect((await patch(robot, client_id, { scope: 'admin:clients:read' })).status).toBe(403)
  })

  it('holds for a person who comes by way of a restricted client, about that client too', async () => {
    const person = await addAdmin()
    const [, payload = ''] = person.token.split('.')
    const { client_id } = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')))
    await database.execute(
      sql`update clients set admin_ip_allow_list = '{203.0.113.0/24}' where client_id = ${client_id}`,
    )
    expect((await patch(person, client_id, { admin_ip_allow_list: [] })).status).toBe(403)
    // By way of another client the same person may.
    expect((await patch(await addAdmin(), client_id, { admin_ip_allow_list: [] })).status).toBe(200)
  })
})
