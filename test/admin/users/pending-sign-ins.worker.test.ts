import { beforeAll, expect, it } from 'vitest'
import { uuidv7 } from '../../../src/kit/ids.ts'
import type { SealedSeed } from '../../../src/sessions/pending-sign-in.ts'
import { accountFactors, newPending } from '../../sessions/examples.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from '../../worker/admin-client.ts'
import { addManaged, addSignedIn, isAlive } from '../../worker/managed-person.ts'

let admin: TestActor
let support: TestActor
beforeAll(async () => {
  admin = await addAdmin()
  support = await addAdmin({ roles: ['support'] })
})

const about = ({ id }: { readonly id: string }, what = '') => `/admin/users/${id}/pending-sign-ins${what}`
const secretHash = 'hash-that-nobody-may-see'
const seed: SealedSeed = {
  ...{ id: uuidv7(), kind: 'totp', sealed_secret: 'seed-that-nobody-may-see', algorithm: 'SHA1' },
  ...{ digits: 6, period_seconds: 30, counter: null },
}

/** The password was right; a one-time password is asked for. @returns its id */
async function begin(userId: string): Promise<string> {
  const pending = newPending(uuidv7(), {
    ...{ secret_hash: secretHash, account: accountFactors({ otp: 1 }), otp_seeds: [seed] },
    password_hash_digest: 'digest-that-nobody-may-see',
    signals: { network: '192.0.2.0/24', country: 'NZ', device_id: undefined, round_trip_ms: 12 },
  })
  const { status } = await testDependencies()
    .sessionsOf(userId)
    .recordLogin({
      ...{ now: Date.now(), user_id: userId, identifier_hash: 'i', password_ok: true, pending },
      origin: { ip: '192.0.2.8', user_agent: 'pending', request_id: 'test' },
      session: {
        ...{ session_id: uuidv7(), secret_hash: 's' },
        ...{ password_change_required: false, idle_ttl_seconds: 3600, absolute_ttl_seconds: 3600 },
      },
    })
  expect(status).toBe('pending')
  return pending.pending_id
}

interface Listed {
  readonly items: readonly Record<string, unknown>[]
}

const list = async (person: { readonly id: string }) =>
  ((await (await callAdmin(support, 'GET', about(person))).json()) as Listed).items

const isKnown = async (userId: string, pending_id: string) =>
  (await testDependencies()
    .sessionsOf(userId)
    .readPending({ now: Date.now(), pending_id, secret_hash: secretHash })) !== undefined

it('are listed with what was proven, and nothing that continues them', async () => {
  const person = await addManaged()
  const id = await begin(person.id)
  const items = await list(person)
  expect(items).toMatchObject([
    {
      ...{ sign_in_id: id, acr: 'urn:authly:acr:pwd', amr: ['pwd'], failures: [] },
      proofs: [{ step: 'password', amr: ['pwd'] }],
      ...{ network: '192.0.2.0/24', country: 'NZ', second_factor_remembered: false },
    },
  ])
  expect(JSON.stringify(items)).not.toContain('nobody-may-see')
})

it('end one by one or all together; sessions go on', async () => {
  const person = await addSignedIn()
  const ids = [await begin(person.id), await begin(person.id), await begin(person.id)]
  const [first = ''] = ids
  expect((await callAdmin(support, 'DELETE', about(person, `/${first}`))).status).toBe(204)
  expect((await callAdmin(support, 'DELETE', about(person, `/${first}`))).status).toBe(404)
  expect(await Promise.all(ids.map((id) => isKnown(person.id, id)))).toEqual([false, true, true])
  expect((await callAdmin(support, 'DELETE', about(person))).status).toBe(204)
  expect((await callAdmin(support, 'DELETE', about(person))).status).toBe(204)
  expect(await list(person)).toEqual([])
  expect(await isKnown(person.id, ids[1] ?? '')).toBe(false)
  expect(await isAlive(person)).toBe(true)
})

it('of administrators, of nobody and of another person stay out of reach', async () => {
  const id = await begin(admin.id)
  expect((await callAdmin(support, 'DELETE', about(admin))).status).toBe(403)
  expect((await callAdmin(support, 'DELETE', about(admin, `/${id}`))).status).toBe(403)
  const other = await addManaged()
  expect((await callAdmin(admin, 'DELETE', about(other, `/${id}`))).status).toBe(404)
  expect(await isKnown(admin.id, id)).toBe(true)
  const nobody = { id: uuidv7() }
  expect((await callAdmin(admin, 'GET', about(nobody))).status).toBe(404)
  expect((await callAdmin(admin, 'DELETE', about(nobody))).status).toBe(404)
})

it.each([
  ['a disabled account', 'POST', '/disable'],
  ['sign-out everywhere', 'DELETE', '/sessions'],
])('end with %s', async (_, method, what) => {
  const person = await addManaged()
  await begin(person.id)
  const path = `/admin/users/${person.id}${what}`
  expect((await callAdmin(admin, method, path)).status).toBe(204)
  expect(await list(person)).toEqual([])
})
