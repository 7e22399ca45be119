import { beforeAll, expect, it } from 'vitest'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { newPending } from '../../sessions/examples.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from '../../worker/admin-client.ts'
import { addManaged, addSignedIn, isAlive } from '../../worker/managed-person.ts'

let admin: TestActor
let support: TestActor
beforeAll(async () => {
  admin = await addAdmin()
  support = await addAdmin({ roles: ['support'] })
})

const about = ({ id }: { readonly id: string }, what = '') => `/admin/users/${id}/remembered-devices${what}`

/** A sign-in at a new browser that is to be remembered. @returns its id */
async function remember(userId: string): Promise<string> {
  const remembered_id = uuidv7()
  const now = Date.now()
  await testDependencies()
    .sessionsOf(userId)
    .recordLogin({
      ...{ now, user_id: userId, identifier_hash: 'i', password_ok: true, pending: newPending() },
      origin: { ip: '192.0.2.8', user_agent: 'remembered', request_id: 'test' },
      session: {
        ...{ session_id: uuidv7(), secret_hash: 's' },
        ...{ password_change_required: false, idle_ttl_seconds: 3600, absolute_ttl_seconds: 3600 },
      },
      device: { presented: undefined, next: { device_id: uuidv7(), secret_hash: 'd' } },
      remember_second_factor: { remembered_id, secret_hash: 'hash-that-nobody-may-see', days: 30 },
    })
  return remembered_id
}

interface Listed {
  readonly items: readonly { remembered_id: string; user_agent: string }[]
}

const list = async (person: { readonly id: string }) =>
  ((await (await callAdmin(support, 'GET', about(person))).json()) as Listed).items

it('are listed without their secrets, and forgotten one by one or all together; sessions go on', async () => {
  const person = await addSignedIn()
  const ids = [await remember(person.id), await remember(person.id), await remember(person.id)]
  const listed = await list(person)
  expect(listed.map(({ remembered_id }) => remembered_id).toSorted()).toEqual(ids.toSorted())
  expect(listed[0]).toMatchObject({ ip: '192.0.2.8', user_agent: 'remembered' })
  expect(JSON.stringify(listed)).not.toContain('nobody-may-see')
  expect((await callAdmin(support, 'DELETE', about(person, `/${ids[0]}`))).status).toBe(204)
  expect((await callAdmin(support, 'DELETE', about(person, `/${ids[0]}`))).status).toBe(404)
  expect(await list(person)).toHaveLength(2)
  expect((await callAdmin(support, 'DELETE', about(person))).status).toBe(204)
  expect(await list(person)).toEqual([])
  expect(await isAlive(person)).toBe(true)
})

it('of administrators, of nobody and of another person stay out of reach', async () => {
  const remembered = await remember(admin.id)
  expect((await callAdmin(support, 'DELETE', about(admin))).status).toBe(403)
  expect((await callAdmin(support, 'DELETE', about(admin, `/${remembered}`))).status).toBe(403)
  expect(await list(admin)).toHaveLength(1)
  const other = await addManaged()
  expect((await callAdmin(admin, 'DELETE', about(other, `/${remembered}`))).status).toBe(404)
  expect(await list(admin)).toHaveLength(1)
  const nobody = { id: uuidv7() }
  expect((await callAdmin(admin, 'GET', about(nobody))).status).toBe(404)
  expect((await callAdmin(admin, 'DELETE', about(nobody))).status).toBe(404)
})
