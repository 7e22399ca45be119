/** Sign-in with a passkey in the real object, over a real Postgres. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { auditEvents, passkeys, users } from '../../src/db/schema.ts'
import type { AccountCopy } from '../../src/passkeys/account-copy.ts'
import { removePasskey } from '../../src/passkeys/manage-passkeys.ts'
import { accountCopyKey } from '../../src/sessions/account-copy.table.ts'
import { setPostgresReachable } from '../audit/delivered-events.ts'
import { testDatabase } from '../fakes/database.ts'
import { evictedBeforeEachCall, sessionsOf, stubOf, waitingEvents } from '../sessions/object-subject.ts'
import { addPasskey, attemptOf, createPerson, createUser, needs, origin, type Person } from './person.ts'
import { createSoftwareAuthenticator } from './software-authenticator.ts'

const object = ({ userId }: Pick<Person, 'userId'>) => sessionsOf(userId)
const signIn = async (
  person: Person,
  ...more: Parameters<typeof attemptOf> extends [unknown, ...infer R] ? R : never
) => object(person).signInWithPasskey(await attemptOf(person, ...more))
const lastEvents = async ({ userId }: Person) =>
  (await waitingEvents(userId)).map(({ type, data }) => ({ type, data }))
/** Copies are compared once a minute at most. */
const aMinuteAgo = () => ({ now: Date.now() - 61_000 })
const storedEvents = async ({ userId }: Person) =>
  (await testDatabase().select().from(auditEvents).where(eq(auditEvents.user_id, userId))).map(
    ({ type }) => type,
  )
const refused = (reason: string) => ({ status: 'refused', reason })
const liveSessions = async ({ userId }: Person) =>
  (await sessionsOf(userId).listSessions({ now: Date.now() })).length
const row = async ({ credentialId }: Person) =>
  (await testDatabase().select().from(passkeys).where(eq(passkeys.credential_id, credentialId)))[0]

describe('a passkey', () => {
  it.each(['ES256', 'RS256', 'EdDSA'] as const)('of %s signs in', async (algorithm) => {
    const signedIn = await signIn(await createPerson({ algorithm }))
    expect(signedIn).toMatchObject({
      status: 'signed_in',
      session: { acr: 'phr', amr: ['swk', 'user', 'mfa'], proofs: [{ step: 'passkey' }] },
    })
  })

  it('that cannot be copied reaches the class of hardware', async () => {
    const signedIn = await signIn(await createPerson({ backupEligible: false }))
    expect(signedIn).toMatchObject({ session: { acr: 'phrh', amr: ['hwk', 'user', 'mfa'] } })
  })

  it('needs Postgres once: the copy answers while it is away, also after an eviction', async () => {
    const person = await createPerson()
    expect((await signIn(person)).status).toBe('signed_in')
    await setPostgresReachable(stubOf(person.userId), false)
    expect((await signIn(person)).status).toBe('signed_in')
    const evicted = evictedBeforeEachCall(person.userId)
    expect((await evicted.signInWithPasskey(await attemptOf(person))).status).toBe('signed_in')
  })

  it('cannot sign in without user verification', async () => {
    const person = await createPerson()
    expect(await signIn(person, { userVerified: false })).toEqual(refused('refused'))
    expect(await liveSessions(person)).toBe(0)
  })

  it('is refused with another person’s object, key or challenge, and nothing begins', async () => {
    const [person, other] = [await createPerson(), await createPerson()]
    const foreign = await attemptOf(other)
    expect(await object(person).signInWithPasskey({ ...foreign, user_id: person.userId })).toEqual(
      refused('unknown'),
    )
    const genuine = await attemptOf(person)
    const swapped = { ...genuine, assertion: { ...foreign.assertion, credential_id: person.credentialId } }
    expect(await object(person).signInWithPasskey(swapped)).toEqual(refused('refused'))
    const elsewhere = { ...genuine, expected: { ...genuine.expected, rp_id: 'other.example' } }
    expect(await object(person).signInWithPasskey(elsewhere)).toEqual(refused('refused'))
    expect(await liveSessions(person)).toBe(0)
    const events = await lastEvents(person)
    expect(events.map(({ type }) => type)).not.toContain('session.created')
  })

  it('signs in once with an assertion, out of fifty at the same time', async () => {
    const person = await createPerson()
    const attempt = await attemptOf(person)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const session_id = `session-${index}`
        return object(person).signInWithPasskey({ ...attempt, session: { ...attempt.session, session_id } })
      }),
    )
    expect(answers.filter(({ status }) => status === 'signed_in')).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 'refused')).toHaveLength(49)
    expect(await liveSessions(person)).toBe(1)
  })
})

describe('a passkey within a sign-in that has begun', () => {
  const client = { required_acr_values: [['phrh']] }

  /** A sign-in with a synced passkey where hardware is demanded. */
  async function beginDemanding(person: Person) {
    const attempt = await attemptOf(person)
    const pending = { ...attempt.pending, policy: { ...attempt.pending.policy, ...client } }
    const begun = await object(person).signInWithPasskey({ ...attempt, pending })
    expect(begun).toMatchObject({ status: 'pending' })
    return { pending_id: pending.pending_id, secret_hash: pending.secret_hash }
  }

  const prove = async (
    person: Person,
    pending: { pending_id: string; secret_hash: string },
    ...more: Parameters<typeof attemptOf> extends [unknown, ...infer R] ? R : never
  ) => object(person).provePasskey({ ...(await attemptOf(person, ...more)), pending })

  it('is asked for when more is demanded, and completes it, also without user verification', async () => {
    const person = await createPerson()
    const hardware = createSoftwareAuthenticator({ backupEligible: false })
    await addPasskey(person.userId, hardware)
    const pending = await beginDemanding(person)
    expect(await liveSessions(person)).toBe(0)
    const proven = await prove({ ...person, authenticator: hardware }, pending, { userVerified: false })
    expect(proven).toMatchObject({ status: 'signed_in', session: { acr: 'phrh' } })
    expect(await prove({ ...person, authenticator: hardware }, pending)).toEqual({ status: 'lost' })
  })

  it('may fail five times; then the sign-in is lost', async () => {
    const person = await createPerson()
    const pending = await beginDemanding(person)
    const stranger = { ...person, authenticator: createSoftwareAuthenticator() }
    await addPasskey(await createUser(), stranger.authenticator)
    for (let attempt = 0; attempt < 4; attempt++) {
      expect((await prove(stranger, pending)).status).toBe('refused')
    }
    expect(await prove(stranger, pending)).toEqual({ status: 'lost' })
    expect(await prove(person, pending)).toEqual({ status: 'lost' })
  })

  it('is lost when the passkey that it began with is removed', async () => {
    const person = await createPerson()
    const hardware = createSoftwareAuthenticator({ backupEligible: false })
    await addPasskey(person.userId, hardware)
    const pending = await beginDemanding(person)
    const removal = { user_id: person.userId, credential_id: person.credentialId, origin }
    expect(await removePasskey(needs, removal)).toBe('removed')
    expect(await prove({ ...person, authenticator: hardware }, pending)).toEqual({ status: 'lost' })
    expect(await liveSessions(person)).toBe(0)
  })

  it('is lost when a passkey is added: what it knows of the account is of before', async () => {
    const person = await createPerson()
    const pending = await beginDemanding(person)
    await addPasskey(person.userId, createSoftwareAuthenticator())
    expect(await object(person).readPending({ now: Date.now(), ...pending })).toBeUndefined()
  })

  it('is refused without the secret of the sign-in', async () => {
    const person = await createPerson()
    const pending = await beginDemanding(person)
    expect(await prove(person, { ...pending, secret_hash: 'guessed' })).toEqual({ status: 'lost' })
  })
})

describe('the counter of a passkey', () => {
  it('that goes back is refused once, with an event, and counts from there', async () => {
    const person = await createPerson({ counterStep: 1 })
    expect((await signIn(person, { counter: 10 })).status).toBe('signed_in')
    expect(await signIn(person, { counter: 5 })).toEqual(refused('refused'))
    expect((await lastEvents(person)).at(-1)).toEqual({
      type: 'passkey.refused',
      data: { reason: 'counter', sign_count: 5, known_sign_count: 10 },
    })
    expect(await signIn(person, { counter: 5 })).toEqual(refused('refused'))
    expect((await signIn(person, { counter: 6 })).status).toBe('signed_in')
  })

  it('may go back where synced passkeys count apart, and only for those', async () => {
    const accepts = { counter_regression: 'accept_synced' } as const
    const synced = await createPerson()
    await signIn(synced, { counter: 10 })
    expect((await signIn(synced, { counter: 5 }, accepts)).status).toBe('signed_in')
    const bound = await createPerson({ backupEligible: false })
    await signIn(bound, { counter: 10 })
    expect(await signIn(bound, { counter: 5 }, accepts)).toEqual(refused('refused'))
  })

  it('is absent from most: zero each time', async () => {
    const person = await createPerson({ counterStep: 0 })
    expect((await signIn(person)).status).toBe('signed_in')
    expect((await signIn(person)).status).toBe('signed_in')
  })

  it('does not change by an assertion that is not genuine', async () => {
    const person = await createPerson()
    await signIn(person, { counter: 10 })
    const forged = await attemptOf(person, { counter: 1 })
    const { assertion } = await attemptOf(person, { counter: 2 })
    const mixed = { ...forged, assertion: { ...forged.assertion, signature: assertion.signature } }
    expect(await object(person).signInWithPasskey(mixed)).toEqual(refused('refused'))
    expect((await signIn(person, { counter: 11 })).status).toBe('signed_in')
  })

  it('never hides that its eligibility for backups changed', async () => {
    const person = await createPerson({ backupEligible: false })
    expect(await signIn(person, { backupEligible: true })).toEqual(refused('refused'))
    expect((await lastEvents(person)).at(-1)).toMatchObject({ data: { reason: 'backup' } })
  })
})

describe('a passkey that is taken away', () => {
  it('is refused before Postgres knows, whatever a copy read meanwhile says', async () => {
    const person = await createPerson()
    await signIn(person)
    const told = { now: Date.now(), user_id: person.userId, credential_ids: [person.credentialId], origin }
    await object(person).refusePasskeys(told)
    expect(await row(person)).toBeDefined()
    expect(await signIn(person)).toEqual(refused('refused'))
    const later = Date.now() + 61_000
    expect((await signIn(person, {}, { now: later })).status).toBe('signed_in')
  })

  it('ends the sessions that it began, but not that of who removes it', async () => {
    const person = await createPerson()
    const [first, second] = [await signIn(person), await signIn(person)]
    if (first.status !== 'signed_in' || second.status !== 'signed_in') throw new Error('not signed in')
    const removed = await removePasskey(needs, {
      ...{ user_id: person.userId, credential_id: person.credentialId, origin },
      except_session_id: second.session.session_id,
    })
    expect(removed).toBe('removed')
    expect(await row(person)).toBeUndefined()
    const left = await object(person).listSessions({ now: Date.now() })
    expect(left.map(({ session_id }) => session_id)).toEqual([second.session.session_id])
    expect((await lastEvents(person)).at(-1)).toMatchObject({
      type: 'session.ended',
      data: { reason: 'passkey_removed' },
    })
    expect(await signIn(person)).toEqual(refused('refused'))
    const removedAgain = await removePasskey(needs, {
      ...{ user_id: person.userId, credential_id: person.credentialId, origin },
    })
    expect(removedAgain).toBe('unknown')
  })

  it('is named by an id: the mark for all of them takes none away', async () => {
    const person = await createPerson()
    await signIn(person)
    const removal = { user_id: person.userId, credential_id: '*', origin }
    expect(await removePasskey(needs, removal)).toBe('unknown')
    expect((await signIn(person)).status).toBe('signed_in')
  })

  it('works again at once when it is the last strong factor of an administrator', async () => {
    const person = await createPerson()
    await testDatabase()
      .update(users)
      .set({ roles: ['support'] })
      .where(eq(users.id, person.userId))
    await signIn(person)
    const removal = { user_id: person.userId, credential_id: person.credentialId, origin }
    expect(await removePasskey(needs, removal)).toBe('last')
    expect(await row(person)).toBeDefined()
    expect(await signIn(person)).toMatchObject({ status: 'signed_in' })
  })

  it('stays refused when somebody else has refused it since', async () => {
    const person = await createPerson()
    const credential_ids = [person.credentialId]
    const now = Date.now()
    for (const at of [now, now + 1]) {
      await object(person).refusePasskeys({ now: at, user_id: person.userId, credential_ids, origin })
    }
    await object(person).readmitPasskeys({ refused_at: now, credential_ids })
    expect(await signIn(person)).toEqual(refused('refused'))
  })

  it('is not stored by an attempt that read Postgres before', async () => {
    const person = await createPerson()
    const attempt = await attemptOf(person)
    const told = { now: Date.now(), user_id: person.userId, origin, credential_ids: 'all' } as const
    const [answer] = await Promise.all([
      object(person).signInWithPasskey(attempt),
      object(person).refusePasskeys(told),
    ])
    expect(answer).toEqual(refused('refused'))
  })

  it('in Postgres alone is noticed by the alarm after its next use, which ends the session', async () => {
    const person = await createPerson()
    await signIn(person, {}, aMinuteAgo())
    await testDatabase().delete(passkeys).where(eq(passkeys.credential_id, person.credentialId))
    expect((await signIn(person)).status).toBe('signed_in')
    await runDurableObjectAlarm(stubOf(person.userId))
    expect(await liveSessions(person)).toBe(0)
    expect(await storedEvents(person)).toContain('session.ended')
    expect(await signIn(person)).toEqual(refused('unknown'))
  })
})

describe('an account', () => {
  it('that is disabled in Postgres alone is noticed the same way', async () => {
    const person = await createPerson()
    await signIn(person, {}, aMinuteAgo())
    await testDatabase().update(users).set({ status: 'disabled' }).where(eq(users.id, person.userId))
    await runDurableObjectAlarm(stubOf(person.userId))
    expect(await liveSessions(person)).toBe(0)
    expect(await signIn(person)).toEqual(refused('refused'))
    await testDatabase().update(users).set({ status: 'active' }).where(eq(users.id, person.userId))
    const afterwards = { now: Date.now() + 6_000 }
    expect((await signIn(person, {}, afterwards)).status).toBe('signed_in')
  })

  it('that never existed leaves nothing but an event', async () => {
    const authenticator = createSoftwareAuthenticator()
    const person = await createPerson()
    await addPasskey(await createUser(), authenticator)
    const attempt = await attemptOf({ userId: crypto.randomUUID(), authenticator })
    expect(await sessionsOf(attempt.user_id).signInWithPasskey(attempt)).toEqual(refused('unknown'))
    expect(await liveSessions(person)).toBe(0)
  })

  it('learns of a new passkey at once, and of one that it was not told of when it is used', async () => {
    const person = await createPerson()
    await signIn(person)
    const second = createSoftwareAuthenticator()
    await addPasskey(person.userId, second)
    await setPostgresReachable(stubOf(person.userId), false)
    const withSecond = { ...person, authenticator: second }
    expect((await signIn(withSecond)).status).toBe('signed_in')
  })
})

describe('the alarm after a sign-in', () => {
  it('hands over the last use and the counter, once Postgres is back', async () => {
    const person = await createPerson()
    await signIn(person, { counter: 3 }, aMinuteAgo())
    expect((await row(person))?.last_used_at).toBeNull()
    await setPostgresReachable(stubOf(person.userId), false)
    await runDurableObjectAlarm(stubOf(person.userId))
    await setPostgresReachable(stubOf(person.userId), true)
    await runDurableObjectAlarm(stubOf(person.userId))
    const stored = await row(person)
    expect(stored?.sign_count).toBe(3)
    expect(stored?.last_used_at).toBeInstanceOf(Date)
    const copy = await runInDurableObject(stubOf(person.userId), (_, { storage }) =>
      storage.kv.get<AccountCopy>(accountCopyKey),
    )
    expect(copy?.passkeys).toMatchObject([{ sign_count: 3, used_at: undefined }])
  })

  it('stores its events in the same round trip, and compares the copy once a minute at most', async () => {
    const person = await createPerson()
    await signIn(person, { counter: 1 }, aMinuteAgo())
    const original = globalThis.fetch
    let requests = 0
    globalThis.fetch = (...input) => {
      requests++
      return original(...input)
    }
    try {
      await runDurableObjectAlarm(stubOf(person.userId))
      // The runtime may have rung the alarm first: it must have ended before the next use.
      await expect.poll(() => waitingEvents(person.userId)).toEqual([])
      expect(requests).toBe(1)
      await signIn(person, { counter: 2 })
      await runDurableObjectAlarm(stubOf(person.userId))
      expect(requests).toBe(2)
    } finally {
      globalThis.fetch = original
    }
    expect((await row(person))?.sign_count).toBe(1)
    expect(await waitingEvents(person.userId)).toEqual([])
    const next = await runInDurableObject(stubOf(person.userId), (_, { storage }) => storage.getAlarm())
    expect(next).toBeLessThan(Date.now() + 61_000)
  })
})
