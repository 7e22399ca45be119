import { runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { deviceProof, login, newPending, newSession } from '../../sessions/examples.ts'
import { stubOf, waitingEvents } from '../../sessions/object-subject.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from '../../worker/admin-client.ts'
import { addManaged } from '../../worker/managed-person.ts'

let admin: TestActor
let support: TestActor
beforeAll(async () => {
  admin = await addAdmin()
  support = await addAdmin({ roles: ['support'] })
})

/** A known device at which the second factor is remembered. */
async function remember(userId: string): Promise<string> {
  const [now, remembered_id] = [Date.now(), uuidv7()]
  await testDependencies()
    .sessionsOf(userId)
    .recordLogin(
      login({
        ...{ now, user_id: userId, session: newSession(uuidv7()), pending: newPending() },
        device: { presented: undefined, next: deviceProof() },
      }),
    )
  const remembered = { remembered_id, secret_hash: 's', remembered_at: now, expires_at: now + 86_400_000 }
  await runInDurableObject(stubOf(userId), (_, { storage }) =>
    storage.sql.exec(
      'INSERT INTO remembered_factors SELECT device_id, ?, ? FROM known_devices',
      JSON.stringify(remembered),
      remembered.expires_at,
    ),
  )
  return remembered_id
}

const pathOf = (id: string, remembered = '') =>
  `/admin/users/${id}/remembered-devices${remembered && `/${remembered}`}`

describe('remembered devices of a person', () => {
  it('are listed without their secret, and forgotten, which is recorded', async () => {
    const { id } = await addManaged()
    const remembered_id = await remember(id)
    const list = await callAdmin(support, 'GET', pathOf(id))
    expect(await list.json()).toEqual({
      items: [
        {
          remembered_id,
          remembered_at: expect.stringMatching(/^\d{4}-.*Z$/),
          expires_at: expect.stringMatching(/^\d{4}-.*Z$/),
          ip: '192.0.2.7',
          user_agent: 'test',
        },
      ],
    })
    expect((await callAdmin(support, 'DELETE', pathOf(id, remembered_id))).status).toBe(204)
    expect((await callAdmin(support, 'DELETE', pathOf(id, remembered_id))).status).toBe(404)
    expect(await (await callAdmin(support, 'GET', pathOf(id))).json()).toEqual({ items: [] })
    const events = await waitingEvents(id)
    expect(events.filter(({ type }) => type === 'device.no_longer_remembered')).toMatchObject([
      { actor_type: 'user', actor_id: support.id, user_id: id, data: { reason: 'removed' } },
    ])
  })

  it('of an administrator are not forgotten by support staff, and of another person are 404', async () => {
    const remembered_id = await remember(admin.id)
    expect((await callAdmin(support, 'DELETE', pathOf(admin.id, remembered_id))).status).toBe(403)
    const { id } = await addManaged()
    expect((await callAdmin(support, 'DELETE', pathOf(id, remembered_id))).status).toBe(404)
    expect((await callAdmin(support, 'GET', pathOf(uuidv7()))).status).toBe(404)
  })
})
