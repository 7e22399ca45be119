import { env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { auditEvents, passwordSetupLinks, users } from '../../../src/db/schema.ts'
import { destinationName } from '../../../src/delivery/queue-message.ts'
import { openProvider } from '../../delivery/message-provider.ts'
import { testDatabase } from '../../fakes/database.ts'
import { openBrowser } from '../../login/browser.ts'
import { goodPassword } from '../../login/people.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from '../../worker/admin-client.ts'
import { addManaged } from '../../worker/managed-person.ts'
import { setBindings } from '../../worker/wrapped-object.ts'

const database = testDatabase()
let admin: TestActor
beforeAll(async () => {
  admin = await addAdmin()
})

const newAddress = () => `ada-${crypto.randomUUID()}@example.com`

/** The object of an address, which sends by `bindings`. */
async function destinationOf(address: string, bindings: Env) {
  const name = await destinationName(testDependencies().root, { channel: 'email', address })
  const stub = env.DESTINATION.getByName(name)
  await setBindings(stub, bindings)
  return stub
}
/** The message that the provider has taken, when nothing waits any more. Alarms ring by themselves here. */
async function arrivedAt(provider: ReturnType<typeof openProvider>, stub: Stub) {
  await vi.waitFor(async () => expect(await waitingIn(stub)).toBe(0), { timeout: 10_000 })
  return (await provider.seen()).taken[0]
}
type Stub = Awaited<ReturnType<typeof destinationOf>>
const waitingIn = (stub: Stub) =>
  runInDurableObject(stub, (_, { storage }) =>
    storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'messages'").toArray().length === 0
      ? 0
      : storage.sql.exec<{ n: number }>('SELECT count(*) AS n FROM messages').one().n,
  )
const call = (bindings: Env, method: string, path: string, body: object, headers = {}) =>
  callAdmin(admin, method, path, { body, env: bindings, headers })
const invite = (bindings: Env, email: string, more: object = {}, headers = {}) =>
  call(
    bindings,
    'POST',
    '/admin/users',
    { email, setup: { method: 'invitation', send: true }, ...more },
    headers,
  )

describe('an invitation that is sent', () => {
  it('goes to the address of the account, and its link is in no answer', async () => {
    const provider = openProvider()
    const email = newAddress()
    const stub = await destinationOf(email, provider.bindings)
    const response = await invite(provider.bindings, email, { profile: { locale: 'fr-CA' } })
    expect(response.status).toBe(201)
    const text = await response.text()
    expect(text).not.toContain('authly_il_')
    expect(JSON.parse(text)).toHaveProperty('invitation_expires_at')
    const message = await arrivedAt(provider, stub)
    expect(message?.body).toMatchObject({ to: [email], subject: 'Votre compte chez Authly' })
    expect(message?.body['text']).toContain('https://auth.test/set-password?link=authly_il_')
  })

  it('sent again with the same Idempotency-Key: one account, one message, the same answer', async () => {
    const provider = openProvider()
    const email = newAddress()
    const stub = await destinationOf(email, provider.bindings)
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const first = await invite(provider.bindings, email, {}, headers)
    const second = await invite(provider.bindings, email, {}, headers)
    expect(await second.json()).toEqual(await first.json())
    await arrivedAt(provider, stub)
    expect((await provider.seen()).taken).toHaveLength(1)
  })

  it('is taken back when the account is not made: nobody gets a link that opens nothing', async () => {
    const provider = openProvider()
    const taken = newAddress()
    await database.insert(users).values({ id: crypto.randomUUID(), email: taken })
    const stub = await destinationOf(taken, provider.bindings)
    expect((await invite(provider.bindings, taken)).status).toBe(409)
    await runDurableObjectAlarm(stub)
    expect((await provider.seen()).requests).toBe(0)
    expect(await waitingIn(stub)).toBe(0)
  })

  it('needs an e-mail address and a provider; without them no account is made', async () => {
    const provider = openProvider()
    const username = `ada-${crypto.randomUUID()}`
    const nowhere = await call(provider.bindings, 'POST', '/admin/users', {
      ...{ username, setup: { method: 'invitation', send: true } },
    })
    expect(nowhere.status).toBe(400)
    expect(await nowhere.json()).toMatchObject({ errors: [{ pointer: '#/setup/send' }] })
    const email = newAddress()
    const refused = await invite(env, email)
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ type: 'urn:authly:problem:delivery_not_configured' })
    expect(await database.select().from(users).where(eq(users.email, email))).toEqual([])
    expect(await database.select().from(users).where(eq(users.username, username))).toEqual([])
  })

  it('is handed over as before where it is not asked to be sent', async () => {
    const response = await call(env, 'POST', '/admin/users', {
      ...{ email: newAddress(), setup: { method: 'invitation' } },
    })
    expect(await response.json()).toMatchObject({ invitation_url: expect.stringContaining('authly_il_') })
  })
})

describe('whoever uses a link that only a message brought', () => {
  const linkIn = (text: unknown) =>
    /https:\/\/auth\.test(\/set-password\S+)/.exec(String(text))?.[1] as string
  const use = async (link: string) => {
    const browser = openBrowser()
    const page = await browser.get(link)
    const password = { new_password: goodPassword, repeat_password: goodPassword }
    expect((await browser.post('/set-password', { ...page.hidden, ...password })).status).toBe(303)
  }
  const read = async (email: string) =>
    (await database.select().from(users).where(eq(users.email, email)))[0] as typeof users.$inferSelect

  it('has proven the address it was sent to', async () => {
    const provider = openProvider()
    const email = newAddress()
    const stub = await destinationOf(email, provider.bindings)
    await invite(provider.bindings, email)
    const message = await arrivedAt(provider, stub)
    expect(await read(email)).toMatchObject({ email_verified: false, version: 1 })
    await use(linkIn(message?.body['text']))
    const account = await read(email)
    expect(account).toMatchObject({ email_verified: true, version: 2 })
    const events = await database.select().from(auditEvents).where(eq(auditEvents.user_id, account.id))
    expect(events.find(({ type }) => type === 'user.updated')).toMatchObject({
      ...{ actor_type: 'user', actor_id: account.id },
      changes: { email_verified: { before: false, after: true } },
    })
  })

  it('has proven nothing of another address that the account got meanwhile', async () => {
    const provider = openProvider()
    const email = newAddress()
    const stub = await destinationOf(email, provider.bindings)
    await invite(provider.bindings, email)
    const message = await arrivedAt(provider, stub)
    const other = newAddress()
    await database.update(users).set({ email: other }).where(eq(users.email, email))
    await use(linkIn(message?.body['text']))
    expect(await read(other)).toMatchObject({ email_verified: false })
  })

  it('has proven nothing by a link that an administrator has seen', async () => {
    const email = newAddress()
    const made = await call(env, 'POST', '/admin/users', { email, setup: { method: 'invitation' } })
    const { invitation_url } = (await made.json()) as { invitation_url: string }
    await use(invitation_url.slice('https://auth.test'.length))
    expect(await read(email)).toMatchObject({ email_verified: false })
  })
})

describe('a reset that is sent', () => {
  const reset = (bindings: Env, id: string) =>
    call(bindings, 'POST', `/admin/users/${id}/reset-password`, { method: 'link', send: true })

  it('goes to the person in their language; the old password is gone', async () => {
    const provider = openProvider()
    const email = newAddress()
    const person = await addManaged({ email, profile: { locale: 'es' } })
    const stub = await destinationOf(email, provider.bindings)
    const response = await reset(provider.bindings, person.id)
    expect(response.status).toBe(200)
    expect(Object.keys((await response.json()) as object)).toEqual(['expires_at'])
    const message = await arrivedAt(provider, stub)
    expect(message?.body['text']).toContain('https://auth.test/set-password?link=authly_il_')
    expect(message?.body['subject']).toMatch(/Authly/)
    expect(
      await database.select().from(passwordSetupLinks).where(eq(passwordSetupLinks.user_id, person.id)),
    ).toHaveLength(1)
  })

  it('of nobody is 404, and of people one may not manage 403: nothing is sent to them', async () => {
    const provider = openProvider()
    expect((await reset(provider.bindings, crypto.randomUUID())).status).toBe(404)
    const other = await addAdmin()
    const [row] = await database.select().from(users).where(eq(users.id, other.id))
    const stub = await destinationOf(row?.email as string, provider.bindings)
    const support = await addAdmin({ roles: ['support'] })
    const response = await callAdmin(support, 'POST', `/admin/users/${other.id}/reset-password`, {
      ...{ body: { method: 'link', send: true }, env: provider.bindings },
    })
    expect(response.status).toBe(403)
    expect(await waitingIn(stub)).toBe(0)
    expect((await provider.seen()).requests).toBe(0)
  })
})
