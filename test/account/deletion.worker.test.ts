/** A person deletes their account, and may keep it until its time has come. */
import { createExecutionContext, env } from 'cloudflare:test'
import { eq, sql } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import { createScheduledNeeds } from '../../src/cron-entry.ts'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { auditEvents, passkeys, users } from '../../src/db/schema.ts'
import { deleteDueAccounts } from '../../src/users/delete-due-accounts.ts'
import { createDueAccounts } from '../../src/users/due-accounts.store.ts'
import { createOwnAccountStore } from '../../src/users/own-account.store.ts'
import { testDatabase } from '../fakes/database.ts'
import { type Browser, openBrowser, type Shown, signIn } from '../login/browser.ts'
import { startMail } from '../login/mailbox.ts'
import { addPerson, goodPassword, type Person } from '../login/people.ts'
import { sessionsOf } from '../sessions/object-subject.ts'
import { addAdmin, addClient, callAdmin, signInAs, testDependencies } from '../worker/admin-client.ts'
import { addOtpRow } from '../worker/factors.ts'
import { useSettings } from '../worker/local-settings.ts'
import { isAlive } from '../worker/managed-person.ts'
import { signInWithPasskey, withPasskey } from './passkey-pages.ts'

const path = '/account/delete'
const database = testDatabase()
const origin = { ip: undefined, user_agent: undefined, request_id: 'test' }

async function signedIn(person: Person, browser = openBrowser()): Promise<Browser> {
  await signIn(browser, person.email, goodPassword)
  return browser
}

async function ask(browser: Browser, account: string): Promise<Shown> {
  const page = await browser.get(path)
  expect(page.status, page.location).toBe(200)
  return browser.post(path, { ...page.hidden, account })
}

const rowOf = async ({ id }: Pick<Person, 'id'>) =>
  (await database.select().from(users).where(eq(users.id, id)))[0]

const typesOf = async ({ id }: Pick<Person, 'id'>) => {
  const events = await database.select().from(auditEvents).where(eq(auditEvents.user_id, id))
  return events.map(({ type }) => type)
}

const makeDue = ({ id }: Pick<Person, 'id'>, when = "- interval '1 minute'") =>
  database.execute(sql`update users set deletion_due_at = now() ${sql.raw(when)} where id = ${id}`)

/** Of this file's accounts alone: others run beside it in the same database. */
const runOf = (people: readonly Pick<Person, 'id'>[], runBatch = createRunBatch(database)) => {
  const due = createDueAccounts(runBatch)
  const own = new Set(people.map(({ id }) => id))
  return deleteDueAccounts({
    ...{ now: Date.now, root: testDependencies().root },
    due: {
      ...due,
      find: async (_, except) => (await due.find(10_000, except)).filter((id) => own.has(id)),
    },
    forgetPerson: (id) =>
      sessionsOf(id).endAllSessions({
        ...{ now: Date.now(), origin, by: { actor_type: 'system' } },
        ...{ reason: 'account_deleted', forget: 'everything' },
      }),
  })
}

const asksToStay = ({ html }: Shown) => html.includes('name="step" value="keep_account"')

describe('the deletion of one’s own account', () => {
  test('is noted and told; every session and grant ends, and the next sign-in asks whether to stay', async () => {
    const mail = startMail()
    const person = await addPerson()
    await database
      .update(users)
      .set({ email_verified: true, profile: { locale: 'de' } })
      .where(eq(users.id, person.id))
    await mail.deliver(person.email)
    const [browser, other] = [await signedIn(person, mail.open()), await signedIn(person)]
    const grant = await signInAs(person.id, await addClient(['openid']))
    const actor = { id: person.id, ...grant }
    expect(await isAlive(actor)).toBe(true)

    const answer = await ask(browser, person.email.toUpperCase())
    expect([answer.status, answer.headers.getSetCookie().join()]).toEqual([
      200,
      expect.stringMatching(/authly_session=; .*Max-Age=0/),
    ])
    const due = (await rowOf(person))?.deletion_due_at?.getTime() ?? 0
    expect(Math.abs(due - Date.now() - 14 * 86_400_000)).toBeLessThan(60_000)
    for (const each of [browser, other]) expect((await each.get('/account')).location).toBe('/login')
    expect(await isAlive(actor)).toBe(false)
    const message = await mail.arrived(1)
    expect(message.to).toBe(person.email)
    expect(message.text).toContain('soll gelöscht werden')
    expect(message.link).toBe('/login')

    const again = openBrowser()
    const asked = await again.follow(await signIn(again, person.email, goodPassword))
    expect(asksToStay(asked)).toBe(true)
    expect((await again.get('/account')).location).toBe('/login')
    const kept = await again.post('/login', asked.hidden)
    expect(kept.location).toBe('/account')
    expect((await again.get('/account')).status).toBe(200)
    expect((await rowOf(person))?.deletion_due_at).toBeNull()
    expect(await typesOf(person)).toEqual(
      expect.arrayContaining(['user.deletion_requested', 'user.deletion_cancelled']),
    )
    // From then on nobody is asked any more.
    const next = openBrowser()
    expect((await signIn(next, person.email, goodPassword)).location).toBe('/account')
    await mail.afterwards()
  })

  test('is not told to an address that nobody has proven', async () => {
    const mail = startMail()
    const person = await addPerson()
    await mail.deliver(person.email)
    const browser = await signedIn(person, mail.open())
    expect((await ask(browser, person.email)).status).toBe(200)
    expect(await mail.mails()).toEqual([])
  })

  test('is asked of whoever comes with a passkey too, whose object had the account from before', async () => {
    const { person, browser, authenticator } = await withPasskey()
    expect((await ask(browser, person.email)).status).toBe(200)
    await expect(signInWithPasskey(openBrowser(), person, authenticator)).rejects.toThrow('pending')
    // Attack, or a crash: the object was not told. Its copy is from before, and the next comparison finds out.
    const own = createOwnAccountStore(createRunBatch(database))
    const change = { user_id: person.id, now: Date.now(), origin }
    await own.cancelDeletion(change)
    await sessionsOf(person.id).endAllSessions({ now: Date.now(), origin, reason: 'deletion_requested' })
    await signInWithPasskey(openBrowser(), person, authenticator)
    expect(await database.select().from(passkeys).where(eq(passkeys.user_id, person.id))).toHaveLength(1)
  })

  // Attack: whoever knows the password alone keeps an account that its owner has left, or begins a session in it.
  test('is called off only after every factor is proven', async () => {
    const person = await addPerson()
    await addOtpRow(person.id)
    await makeDue(person, "+ interval '1 day'")
    const thief = openBrowser()
    const asked = await thief.follow(await signIn(thief, person.email, goodPassword))
    expect(asksToStay(asked)).toBe(false)
    await thief.post('/login', { ...asked.hidden, step: 'keep_account' })
    expect((await rowOf(person))?.deletion_due_at).not.toBeNull()
    expect((await thief.get('/account')).location).toBe('/login')
  })

  test('needs the name of the account, and a recent sign-in', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    for (const account of ['', 'somebody@example.test', `${person.email}x`]) {
      const refused = await ask(browser, account)
      expect([refused.status, refused.html]).toEqual([400, expect.stringContaining('href="#account"')])
    }
    expect((await rowOf(person))?.deletion_due_at).toBeNull()
    const page = await browser.get(path)
    // Attack: a thief of an open session. Half an hour later it is too old.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_800_000 })
    try {
      await useSettings({})
      expect((await browser.get(path)).location).toMatch(/^\/login\?next=delete&because=again/)
      const late = await browser.post(path, { ...page.hidden, account: person.email })
      expect(late.location).toMatch(/^\/login\?next=delete&because=again/)
    } finally {
      vi.useRealTimers()
      await useSettings({})
    }
    expect((await rowOf(person))?.deletion_due_at).toBeNull()
  })

  test('is not for administrators, whatever they send; they are told', async () => {
    const person = await addPerson()
    await database
      .update(users)
      .set({ roles: ['admin'] })
      .where(eq(users.id, person.id))
    await addAdmin()
    const browser = await signedIn(person)
    const page = await browser.get('/account/data')
    expect(page.html).toContain('You are an administrator')
    expect(page.html).not.toContain(`href="${path}"`)
    const shown = await browser.get(path)
    expect([shown.status, shown.html]).toEqual([403, expect.stringContaining('You are an administrator')])
    const { csrf_token = '' } = (await browser.get('/password')).hidden
    const sent = await browser.post(path, { csrf_token, account: person.email })
    expect([sent.status, sent.html]).toEqual([403, expect.stringContaining('You are an administrator')])
    expect((await rowOf(person))?.deletion_due_at).toBeNull()
    expect((await browser.get('/account')).status).toBe(200)
  })

  test('is off where the setting says so', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const page = await browser.get(path)
    await useSettings({ 'account.deletion': 'off' })
    try {
      expect((await browser.get('/account/data')).html).not.toContain(`href="${path}"`)
      expect((await browser.get(path)).location).toBe('/account/data')
      const sent = await browser.post(path, { ...page.hidden, account: person.email })
      expect(sent.location).toBe('/account/data')
      expect((await rowOf(person))?.deletion_due_at).toBeNull()
    } finally {
      await useSettings({})
    }
  })

  test('without a grace period is due at once', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    await useSettings({ 'account.deletion_grace_days': 0 })
    try {
      expect((await ask(browser, person.email)).html).toContain('within the next minutes')
    } finally {
      await useSettings({})
    }
    await runOf([person])
    expect(await rowOf(person)).toBeUndefined()
  })

  test('repeated does not put it off', async () => {
    const person = await addPerson()
    const own = createOwnAccountStore(createRunBatch(database))
    const change = { user_id: person.id, now: Date.now(), origin }
    const first = await own.requestDeletion({ ...change, due_at: Date.now() + 1000 })
    expect(await own.requestDeletion({ ...change, due_at: Date.now() + 9_000_000 })).toEqual(first)
    expect((await typesOf(person)).filter((type) => type === 'user.deletion_requested')).toHaveLength(1)
  })

  test('is seen by administrators', async () => {
    const [admin, person] = [await addAdmin(), await addPerson()]
    const read = async () =>
      (
        (await (await callAdmin(admin, 'GET', `/admin/users/${person.id}`)).json()) as Record<string, unknown>
      )['deletion_due_at']
    expect(await read()).toBeNull()
    await database
      .update(users)
      .set({ deletion_due_at: new Date('2030-01-01T00:00:00Z') })
      .where(eq(users.id, person.id))
    expect(await read()).toBe('2030-01-01T00:00:00.000Z')
  })
})

describe('the cron', () => {
  test('deletes what is due, erases it from the trail, and leaves the rest', async () => {
    const [due, early, staying] = [await addPerson(), await addPerson(), await addPerson()]
    await signedIn(due)
    await makeDue(due)
    await makeDue(early, "+ interval '1 hour'")
    await runOf([due, early, staying])
    await runOf([due, early, staying])
    expect(await rowOf(due)).toBeUndefined()
    expect([await rowOf(early), await rowOf(staying)]).toMatchObject([{ id: early.id }, { id: staying.id }])
    const events = await database.select().from(auditEvents).where(eq(auditEvents.user_id, due.id))
    const named = events.filter(({ type }) => type === 'user.deleted' || type.startsWith('audit.personal'))
    expect(named.map(({ type, actor_type }) => `${type} ${actor_type}`)).toEqual([
      'user.deleted system',
      'audit.personal_data_erased system',
    ])
    expect(JSON.stringify(events)).not.toContain(due.email)
    expect(await sessionsOf(due.id).listSessions({ now: Date.now() })).toEqual([])
  })

  test('is wired to what a cron trigger runs', async () => {
    const person = await addPerson()
    await makeDue(person, "- interval '30 days'")
    await createScheduledNeeds(env, createExecutionContext()).deleteDueAccounts()
    expect(await rowOf(person)).toBeUndefined()
  })

  // The person keeps the account between the look and the deletion.
  test('keeps what its owner has kept in that moment', async () => {
    const person = await addPerson()
    await makeDue(person)
    const due = createDueAccounts(createRunBatch(database))
    expect(await due.find(10_000, [])).toContain(person.id)
    const own = createOwnAccountStore(createRunBatch(database))
    expect(await own.cancelDeletion({ user_id: person.id, now: Date.now(), origin })).toBe('kept')
    const row = { id: person.id, event_id: crypto.randomUUID(), erasure_id: crypto.randomUUID(), proof: 'p' }
    expect(await due.delete([row])).toMatchObject([{ outcome: 'failed', code: 'unknown' }])
    expect(await rowOf(person)).toBeDefined()
  })

  test('stays away from whoever became an administrator since', async () => {
    const person = await addPerson()
    await makeDue(person)
    await database
      .update(users)
      .set({ roles: ['admin'] })
      .where(eq(users.id, person.id))
    await addAdmin()
    await runOf([person])
    expect(await rowOf(person)).toBeDefined()
    await database
      .update(users)
      .set({ roles: ['support'] })
      .where(eq(users.id, person.id))
    // Other roles are no hindrance: the server needs no permissions.
    await runOf([person])
    expect(await rowOf(person)).toBeUndefined()
  })

  test('goes on at its next run when Postgres stopped in the middle', async () => {
    const people = await Promise.all(Array.from({ length: 3 }, () => addPerson()))
    await Promise.all(people.map((person) => makeDue(person)))
    let calls = 0
    const away = createRunBatch(database)
    const stopping: typeof away = async (statements) => {
      calls += 1
      if (calls === 2) throw new Error('connection refused')
      return away(statements)
    }
    await expect(runOf(people, stopping)).rejects.toThrow('connection refused')
    expect(await Promise.all(people.map(rowOf))).not.toContain(undefined)
    await runOf(people)
    expect(await Promise.all(people.map(rowOf))).toEqual([undefined, undefined, undefined])
  })

  test('one person whose object cannot be reached holds up nobody else', async () => {
    const [lost, due] = [await addPerson(), await addPerson()]
    await makeDue(lost)
    await makeDue(due)
    const store = createDueAccounts(createRunBatch(database))
    const own = [lost.id, due.id]
    const run = deleteDueAccounts({
      ...{ now: Date.now, root: testDependencies().root },
      due: {
        ...store,
        find: async (_, except) => (await store.find(10_000, except)).filter((id) => own.includes(id)),
      },
      forgetPerson: async (id) => {
        if (id === lost.id) throw new Error('the object has moved')
      },
    })
    await expect(run).rejects.toThrow('could not be deleted')
    expect([await rowOf(lost), await rowOf(due)]).toEqual([
      expect.objectContaining({ id: lost.id }),
      undefined,
    ])
  })
})
