import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { login, origin, start } from './examples.ts'
import { evictedBeforeEachCall, sessionsOf, stubOf, waitingEvents } from './object-subject.ts'
import { describeUserSessions } from './user-sessions-contract.ts'

describeUserSessions('the object', () => {
  const subject = crypto.randomUUID()
  return { sessions: sessionsOf(subject), events: () => waitingEvents(subject) }
})

describeUserSessions('the object, evicted before every call', () => {
  const subject = crypto.randomUUID()
  return { sessions: evictedBeforeEachCall(subject), events: () => waitingEvents(subject) }
})

describe('a sign-in under way', () => {
  it('does not begin once all sessions ended, since the account it read may be disabled by now', async () => {
    const sessions = sessionsOf(crypto.randomUUID())
    await sessions.recordLogin(login())
    await sessions.endAllSessions({ now: start + 10, origin })
    expect(await sessions.recordLogin(login({ now: start + 11, read_at: start + 9 }))).toEqual({
      status: 'refused',
    })
    const afterwards = login({ now: start + 12, read_at: start + 10 })
    expect((await sessions.recordLogin(afterwards)).status).toBe('signed_in')
  })
})

describe('a call that fails half-way', () => {
  it('changes nothing, in the tables or in memory, and the next call succeeds', async () => {
    const subject = crypto.randomUUID()
    const rename = (from: string, to: string) =>
      runInDurableObject(stubOf(subject), (_, { storage }) => {
        storage.sql.exec(`ALTER TABLE ${from} RENAME TO ${to}`)
      })
    await sessionsOf(subject).recordLogin(login({ password_ok: false }))
    await rename('outbox', 'outbox_away')
    const failure = await runInDurableObject(stubOf(subject), (object) =>
      object.recordLogin(login()).then(() => undefined, String),
    )
    expect(failure).toContain('outbox')
    await rename('outbox_away', 'outbox')
    expect(await sessionsOf(subject).listSessions({ now: login().now })).toEqual([])
    expect((await sessionsOf(subject).recordLogin(login())).status).toBe('signed_in')
    expect((await waitingEvents(subject)).map((event) => event.type)).toEqual([
      'login.failed',
      'session.created',
    ])
  })
})

describe('a call that throws', () => {
  it('is found by the name of its rule, in the object and at its caller', async () => {
    const subject = crypto.randomUUID()
    const stackOf = (call: Promise<unknown>) =>
      call.then(
        () => undefined,
        (error: Error) => error.stack,
      )
    const invalid = null as never
    const inObject = await runInDurableObject(stubOf(subject), (object) =>
      stackOf(object.redeemCode(invalid)),
    )
    expect(inObject).toContain('UserSessions.redeemCode')
    expect(await stackOf(sessionsOf(subject).redeemCode(invalid))).toContain('SessionsClient.redeemCode')
  })
})

describe('these tests', () => {
  it('really evict: the next call meets a new instance', async () => {
    const subject = crypto.randomUUID()
    const mark = (instance: object) => Object.assign(instance, { marked: true })
    const isMarked = () => runInDurableObject(stubOf(subject), (instance) => 'marked' in instance)
    await runInDurableObject(stubOf(subject), mark)
    expect(await isMarked()).toBe(true)
    await evictDurableObject(stubOf(subject))
    expect(await isMarked()).toBe(false)
  })
})
