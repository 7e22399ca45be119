/** What people do with their accounts leaves the audit trail verifiable: events before, changes of it, erasure. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { exportData } from '../../src/account/export-data.ts'
import { createPersonalDataStore } from '../../src/account/personal-data.store.ts'
import { createEvent } from '../../src/audit/create-event.ts'
import { erasureProof } from '../../src/audit/erasure-proof.ts'
import { insertEvents } from '../../src/audit/insert-events.store.ts'
import { users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { createDueAccounts } from '../../src/users/due-accounts.store.ts'
import { createOwnAccountStore } from '../../src/users/own-account.store.ts'
import { issuer, trailUnderTest } from '../audit/trail-under-test.ts'
import { verify } from '../audit/verify-trail-under-test.ts'
import { sessionsOf } from '../sessions/object-subject.ts'

const origin = { ip: '192.0.2.55', user_agent: 'Test', request_id: 'r' }

test('a profile, an export while the trail is sealed, a deletion and what comes late stay verifiable', async () => {
  const trail = await trailUnderTest()
  const { database, root, runBatch } = trail
  await trail.keyring.signingKey('ES256')
  const user_id = uuidv7()
  await database
    .insert(users)
    .values({ id: user_id, username: 'ada', email: 'ada@example.test', email_verified: true })
  const own = createOwnAccountStore(runBatch)
  const change = () => ({ user_id, now: Date.now(), origin })
  expect(await own.updateProfile({ ...change(), version: 1, profile: { name: 'Ada' } })).toBe('updated')
  const store = createPersonalDataStore(runBatch, runBatch)
  const needs = { config: { issuer }, now: Date.now, sessionsOf, openPersonalData: async () => store }
  const signIn = (type: 'session.created' | 'recovery_code.used') =>
    createEvent(type, Date.now(), origin, {
      ...{ outcome: 'success', actor_type: 'user', actor_id: user_id, user_id },
    })
  await database.execute(insertEvents([signIn('session.created'), signIn('recovery_code.used')]))
  // Sealing and the export at the same time, several times.
  const exported = await Promise.all([
    exportData(needs, { user_id, session_id: uuidv7(), origin }),
    trail.seal({ events: 2, checkpoints: 100 }),
    exportData(needs, { user_id, session_id: uuidv7(), origin }),
    trail.seal({ events: 2, checkpoints: 100 }),
  ])
  const texts = await Promise.all(
    [exported[0], exported[2]].map((body) => new Response(body as BodyInit).text()),
  )
  for (const text of texts) expect(JSON.parse(text)).toMatchObject({ account: { id: user_id } })
  await own.requestDeletion({ ...change(), due_at: Date.now() + 86_400_000 })
  await own.cancelDeletion(change())
  await own.requestDeletion({ ...change(), due_at: Date.now() - 1000 })
  await trail.seal()
  const before = await verify(trail)
  expect(before.problems).toEqual([])

  const due = createDueAccounts(runBatch)
  expect(await due.find(10, [])).toEqual([user_id])
  const proof = await erasureProof(root, user_id)
  const outcomes = await due.delete([{ id: user_id, event_id: uuidv7(), erasure_id: uuidv7(), proof }])
  expect(outcomes).toMatchObject([{ outcome: 'deleted' }])
  // From an outbox that was away: it is blanked before it is sealed.
  await database.execute(insertEvents([signIn('session.created')]))
  await trail.seal()
  const after = await verify(trail)
  expect(after.problems).toEqual([])
  expect(after.events).toBeGreaterThan(before.events)
  const left = await trail.query(`select * from audit_events where user_id = '${user_id}'`)
  expect(left.length).toBeGreaterThan(8)
  expect(JSON.stringify(left)).not.toMatch(/192\.0\.2\.55|ada@|"Ada"/)
  // The test can fail: one event that is not what was sealed is found.
  await trail.owned.execute(
    sql`update audit_events set type = 'session.ended' where type = 'user.data_exported'`,
  )
  expect((await verify(trail)).problems.map(({ code }) => code)).toContain('event_changed')
})
