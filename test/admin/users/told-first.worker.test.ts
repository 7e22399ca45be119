/** Who disables or deletes an account tells the person's object first: it signs people in without asking Postgres. */
import { runInDurableObject } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { afterEach, describe, expect, it } from 'vitest'
import { users } from '../../../src/db/schema.ts'
import { accountCopyKey } from '../../../src/sessions/account-copy.table.ts'
import { testDatabase } from '../../fakes/database.ts'
import { attemptOf, createPerson, type Person } from '../../passkeys/person.ts'
import { sessionsOf, stubOf } from '../../sessions/object-subject.ts'
import { addAdmin, callAdmin } from '../../worker/admin-client.ts'

const signIn = async (person: Person) =>
  (await sessionsOf(person.userId).signInWithPasskey(await attemptOf(person))).status
const statusOf = async ({ userId }: Person) =>
  (await testDatabase().select().from(users).where(eq(users.id, userId)))[0]?.status
const refusals = ({ userId }: Person) =>
  runInDurableObject(stubOf(userId), (_, { storage }) =>
    storage.sql
      .exec("SELECT interaction_id FROM spent_interactions WHERE interaction_id LIKE 'refused passkey %'")
      .toArray(),
  )

const original = globalThis.fetch
afterEach(() => {
  globalThis.fetch = original
})

/** Postgres refuses statements that contain a word, as if it had gone away in between. */
function failStatements(word: string): void {
  globalThis.fetch = async (input, init) => {
    const request = new Request(input as RequestInfo, init as RequestInit)
    const body = await request.clone().text()
    if (body.includes(word)) throw new TypeError('connection lost')
    return original(request)
  }
}

describe('disabling an account', () => {
  it('ends sign-ins with passkeys, and enabling it lets them work again within seconds', async () => {
    const [admin, person] = [await addAdmin(), await createPerson()]
    expect(await signIn(person)).toBe('signed_in')
    const path = `/admin/users/${person.userId}`
    expect((await callAdmin(admin, 'POST', `${path}/disable`)).status).toBe(204)
    expect(await signIn(person)).toBe('refused')
    expect((await callAdmin(admin, 'POST', `${path}/enable`)).status).toBe(204)
    await new Promise((resolve) => setTimeout(resolve, 5_100))
    expect(await signIn(person)).toBe('signed_in')
  })

  it('has been told to the object when Postgres goes away before the change', async () => {
    const [admin, person] = [await addAdmin(), await createPerson()]
    expect(await signIn(person)).toBe('signed_in')
    failStatements('user.disabled')
    expect((await callAdmin(admin, 'POST', `/admin/users/${person.userId}/disable`)).status).toBe(503)
    globalThis.fetch = original
    expect(await statusOf(person)).toBe('active')
    expect(await signIn(person)).toBe('refused')
  })

  it('cannot be used to lock anybody out by who may not do it', async () => {
    const person = await createPerson()
    await testDatabase()
      .update(users)
      .set({ roles: ['admin'] })
      .where(eq(users.id, person.userId))
    expect(await signIn(person)).toBe('signed_in')
    const auditor = await addAdmin({ roles: ['auditor'] })
    const answer = await callAdmin(auditor, 'POST', `/admin/users/${person.userId}/disable`)
    expect(answer.status).toBe(403)
    expect(await refusals(person)).toEqual([])
    expect(await signIn(person)).toBe('signed_in')
  })
})

describe('deleting an account', () => {
  it('leaves nothing that signs in', async () => {
    const [admin, person] = [await addAdmin(), await createPerson()]
    expect(await signIn(person)).toBe('signed_in')
    const answer = await callAdmin(admin, 'DELETE', `/admin/users/${person.userId}`, {
      headers: { 'if-match': '*' },
    })
    expect(answer.status).toBe(204)
    expect(await signIn(person)).toBe('refused')
    const copy = await runInDurableObject(stubOf(person.userId), (_, { storage }) =>
      storage.kv.get(accountCopyKey),
    )
    expect(copy).toBeUndefined()
  })
})
