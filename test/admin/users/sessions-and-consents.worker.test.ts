import { beforeAll, describe, expect, it } from 'vitest'
import { consents } from '../../../src/db/schema.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addApplication } from '../../login/people.ts'
import { addAdmin, callAdmin, signInAs, type TestActor, testDependencies } from '../../worker/admin-client.ts'
import { addManaged, addSignedIn, isAlive } from '../../worker/managed-person.ts'

let admin: TestActor
let support: TestActor
beforeAll(async () => {
  admin = await addAdmin()
  support = await addAdmin({ roles: ['support'] })
})

const about = (person: { readonly id: string }, what: string) => `/admin/users/${person.id}${what}`
const origin = { ip: undefined, user_agent: undefined, request_id: 'test' }

interface SessionList {
  readonly items: readonly { session_id: string; ip: string | null; created_at: string }[]
}

describe('sessions of a person', () => {
  it('are listed with where and when, and end one by one or all together', async () => {
    const person = await addSignedIn()
    const list = async () =>
      ((await (await callAdmin(support, 'GET', about(person, '/sessions'))).json()) as SessionList).items
    const [session] = await list()
    expect(session).toMatchObject({ ip: '192.0.2.7', amr: ['pwd'], user_agent: 'test' })
    expect(JSON.stringify(session)).not.toContain('secret')
    const path = about(person, `/sessions/${session?.session_id}`)
    expect((await callAdmin(support, 'DELETE', path)).status).toBe(204)
    expect((await callAdmin(support, 'DELETE', path)).status).toBe(404)
    expect(await list()).toEqual([])
    expect(await isAlive(person)).toBe(false)
    const other = await addSignedIn()
    expect((await callAdmin(support, 'DELETE', about(other, '/sessions'))).status).toBe(204)
    expect(await isAlive(other)).toBe(false)
    expect((await callAdmin(support, 'DELETE', about(other, '/sessions'))).status).toBe(204)
  })

  it('of an administrator are not ended by support staff', async () => {
    const { sessionId } = await signInAs(admin.id, await addApplication())
    expect((await callAdmin(support, 'DELETE', about(admin, '/sessions'))).status).toBe(403)
    expect((await callAdmin(support, 'DELETE', about(admin, `/sessions/${sessionId}`))).status).toBe(403)
    expect(await isAlive(admin)).toBe(true)
  })

  it('of nobody, and a session of another person, are the same 404', async () => {
    const [person, other] = [await addSignedIn(), await addManaged()]
    const items = (await (await callAdmin(admin, 'GET', about(person, '/sessions'))).json()) as SessionList
    const foreign = about(other, `/sessions/${items.items[0]?.session_id}`)
    for (const path of [foreign, about({ id: uuidv7() }, '/sessions')]) {
      expect((await callAdmin(admin, 'DELETE', path)).status).toBe(404)
    }
    expect(await isAlive(person)).toBe(true)
    expect((await callAdmin(admin, 'GET', about({ id: uuidv7() }, '/sessions'))).status).toBe(404)
  })
})

describe('consents of a person', () => {
  it('are listed, and withdrawn together with the grants and the copy in the object', async () => {
    const person = await addManaged()
    const [client, otherClient] = [await addApplication('Demo Shop'), await addApplication()]
    await testDatabase()
      .insert(consents)
      .values({ user_id: person.id, client_id: client, scopes: ['openid', 'email'], claims: [] })
    const { grantId, sessionId } = await signInAs(person.id, client)
    const other = await signInAs(person.id, otherClient)
    const sessions = testDependencies().sessionsOf(person.id)
    await sessions.rememberConsent({
      ...{ now: Date.now(), client_id: client, session_id: sessionId, user_id: person.id, origin },
      ...{ scopes: ['openid', 'email'], claims: [], new_decision: false },
    })
    const listed = await callAdmin(support, 'GET', about(person, '/consents'))
    expect(await listed.json()).toMatchObject({
      items: [{ client_id: client, client_name: 'Demo Shop', scopes: ['openid', 'email'] }],
    })
    const path = about(person, `/consents/${client}`)
    const withdrawn = await callAdmin(support, 'DELETE', path)
    expect(withdrawn.status, await withdrawn.text()).toBe(204)
    expect((await callAdmin(support, 'DELETE', path)).status).toBe(404)
    const after = await callAdmin(support, 'GET', about(person, '/consents'))
    expect(await after.json()).toEqual({ items: [] })
    expect(await isAlive({ id: person.id, token: '', grantId })).toBe(false)
    expect(await isAlive({ id: person.id, token: '', grantId: other.grantId })).toBe(true)
    const checked = await sessions.checkSession({
      ...{ now: Date.now(), session_id: sessionId, secret_hash: 's', client_id: client },
    })
    expect(checked).toMatchObject({ status: 'live', consent: undefined })
  })

  it('withdrawn but for the object (outage) are withdrawn by repeating it', async () => {
    const person = await addManaged()
    const client = await addApplication()
    const { grantId } = await signInAs(person.id, client)
    expect((await callAdmin(admin, 'DELETE', about(person, `/consents/${client}`))).status).toBe(204)
    expect(await isAlive({ id: person.id, token: '', grantId })).toBe(false)
  })

  it('of administrators, unknown people and unknown applications stay out of reach', async () => {
    const client = await addApplication()
    expect((await callAdmin(support, 'DELETE', about(admin, `/consents/${client}`))).status).toBe(403)
    const unknown = { id: uuidv7() }
    expect((await callAdmin(admin, 'DELETE', about(unknown, `/consents/${client}`))).status).toBe(404)
    expect((await callAdmin(admin, 'GET', about(unknown, '/consents'))).status).toBe(404)
    expect((await callAdmin(admin, 'DELETE', about(await addManaged(), '/consents/nope'))).status).toBe(404)
  })
})
