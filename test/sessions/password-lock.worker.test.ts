import { expect, test } from 'vitest'
import { accountFactors, login, newPending, newSession, origin, start, userId } from './examples.ts'
import { sessionsOf } from './object-subject.ts'

/** As somebody who has forgotten the password, or guesses it, would. */
async function lock(sessions: ReturnType<typeof sessionsOf>): Promise<void> {
  const wrong = login({ password_ok: false, now: start + 1 })
  let status = ''
  for (let tries = 0; tries < 20 && status !== 'locked'; tries++) {
    status = (await sessions.recordLogin(wrong)).status
  }
  expect(status).toBe('locked')
}

test('a locked password holds up no other step of a sign-in that is under way', async () => {
  const sessions = sessionsOf(crypto.randomUUID())
  const pending = newPending('pending-1', { account: accountFactors({ password: 'must_change' }) })
  expect((await sessions.recordLogin(login({ pending }))).status).toBe('pending')
  await lock(sessions)
  expect((await sessions.recordLogin(login({ now: start + 2 }))).status).toBe('locked')
  const next = {
    ...{ now: start + 2, user_id: userId, origin, pending },
    session: newSession('session-2'),
  }
  expect((await sessions.completeRequiredChange(next)).status).toBe('signed_in')
})

test('a session that began before a lock goes on', async () => {
  const sessions = sessionsOf(crypto.randomUUID())
  expect((await sessions.recordLogin(login())).status).toBe('signed_in')
  await lock(sessions)
  const shown = { now: start + 2, session_id: 'session-1', secret_hash: 'secret of session-1' }
  expect(await sessions.checkSession(shown)).toMatchObject({ session: { session_id: 'session-1' } })
})
