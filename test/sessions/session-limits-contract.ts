/** Limits and lifetimes of sessions by setting; run against the fake and the real object. */
import { describe, expect, it } from 'vitest'
import { grant, hour, login, newSession, origin, redemption, second, start } from './examples.ts'
import type { Subject } from './user-sessions-contract.ts'

export function describeSessionLimits(name: string, open: () => Subject): void {
  const check = (session_id: string, now = start, more: object = {}) => ({
    ...{ now, session_id, secret_hash: `secret of ${session_id}` },
    ...more,
  })
  const signIn = ({ sessions }: Subject, index: number, more: Parameters<typeof login>[0] = {}) =>
    sessions.recordLogin(login({ now: start + index, session: newSession(`session-${index}`), ...more }))
  const live = async ({ sessions }: Subject, now = start + hour) =>
    (await sessions.listSessions({ now })).map(({ session_id }) => session_id).toSorted()
  const redeem = ({ sessions }: Subject, index: number, more: Parameters<typeof redemption>[1] = {}) =>
    sessions.redeemCode(
      redemption(grant(`grant-${index}`, { session_id: `session-${index}` }), {
        ...{ now: start + 100 + index, jti_hash: `jti-${index}`, refresh: undefined },
        ...{ access_token_expires_at: start + hour },
        ...more,
      }),
    )

  describe(`${name}: how many sessions a person has`, () => {
    it('the oldest ends for one more, with an event', async () => {
      const subject = open()
      const limit = { max: 2, when_full: 'end_oldest' } as const
      for (const index of [1, 2, 3]) await signIn(subject, index, { limit })
      expect(await live(subject)).toEqual(['session-2', 'session-3'])
      const ended = (await subject.events()).find(({ type }) => type === 'session.ended')
      expect(ended).toMatchObject({ session_id: 'session-1', data: { reason: 'limit' } })
    })

    it('the session that a sign-in replaces is not in its way', async () => {
      const subject = open()
      const limit = { max: 2, when_full: 'end_oldest' } as const
      for (const index of [1, 2]) await signIn(subject, index, { limit })
      await signIn(subject, 3, { limit, replaces_session_id: 'session-2' })
      expect(await live(subject)).toEqual(['session-1', 'session-3'])
    })

    it('refused: nothing begins until the person ends the oldest, with what was proven before', async () => {
      const subject = open()
      const limit = { max: 2, when_full: 'refuse' } as const
      for (const index of [1, 2]) await signIn(subject, index, { limit })
      expect((await signIn(subject, 3, { limit })).status).toBe('full')
      expect(await live(subject)).toEqual(['session-1', 'session-2'])
      const makesRoom = { max: 2, when_full: 'end_oldest' } as const
      const attempt = login({ now: start + 10, session: newSession('session-3'), limit: makesRoom })
      const pending = { pending_id: 'pending-1', secret_hash: 'secret of pending-1' }
      const forged = { ...attempt, pending: { ...pending, secret_hash: 'guess' } }
      expect(await subject.sessions.continueSignIn(forged)).toEqual({ status: 'lost' })
      const made = await Promise.all(
        Array.from({ length: 50 }, () => subject.sessions.continueSignIn({ ...attempt, pending })),
      )
      expect(made.filter(({ status }) => status === 'signed_in')).toHaveLength(1)
      expect(await live(subject)).toEqual(['session-2', 'session-3'])
    })

    it('refused: signing in again at the same browser is no session more', async () => {
      const subject = open()
      const limit = { max: 1, when_full: 'refuse' } as const
      await signIn(subject, 1, { limit })
      const again = await signIn(subject, 2, { limit, replaces_session_id: 'session-1' })
      expect(again.status).toBe('signed_in')
    })

    it('a limit that became smaller ends as many as it takes', async () => {
      const subject = open()
      for (const index of [1, 2, 3, 4]) await signIn(subject, index)
      await signIn(subject, 5, { limit: { max: 2, when_full: 'end_oldest' } })
      expect(await live(subject)).toEqual(['session-4', 'session-5'])
    })
  })

  describe(`${name}: how many sessions are signed in to a client`, () => {
    const limited = (when_full: 'refuse' | 'end_oldest', max = 1) => ({ client_limit: { max, when_full } })

    it('others do not count, and those that are signed in elsewhere do not either', async () => {
      const subject = open()
      for (const index of [1, 2]) await signIn(subject, index)
      const counted = await subject.sessions.checkSession(
        check('session-1', start + 200, { client_id: 'web', counts_client: true }),
      )
      expect(counted).toMatchObject({ status: 'live', client_sessions: 0 })
      await redeem(subject, 2)
      const again = await subject.sessions.checkSession(
        check('session-1', start + 200, { client_id: 'web', counts_client: true }),
      )
      expect(again).toMatchObject({ client_sessions: 1 })
      const other = await subject.sessions.checkSession(
        check('session-1', start + 200, { client_id: 'other', counts_client: true }),
      )
      expect(other).toMatchObject({ client_sessions: 0 })
      const itself = await subject.sessions.checkSession(
        check('session-2', start + 200, { client_id: 'web', counts_client: true }),
      )
      expect(itself).toMatchObject({ client_sessions: 0 })
    })

    it('refused: the code of one more session is worth nothing, and changes nothing', async () => {
      const subject = open()
      for (const index of [1, 2]) await signIn(subject, index)
      expect((await redeem(subject, 1, limited('refuse'))).status).toBe('redeemed')
      expect((await redeem(subject, 2, limited('refuse'))).status).toBe('refused')
      expect(await live(subject)).toEqual(['session-1', 'session-2'])
      // The same session may sign in again.
      const again = redemption(grant('grant-9'), { now: start + 300, ...limited('refuse') })
      expect((await subject.sessions.redeemCode(again)).status).toBe('redeemed')
    })

    it('the oldest ends, and what the client may do without it', async () => {
      const subject = open()
      for (const index of [1, 2]) await signIn(subject, index)
      const offline = grant('grant-1', { scopes: ['openid', 'offline_access'] })
      await subject.sessions.redeemCode(redemption(offline))
      expect((await redeem(subject, 2, limited('end_oldest'))).status).toBe('redeemed')
      expect(await live(subject)).toEqual(['session-2'])
      const types = (await subject.events()).map(({ type, data }) => `${type} ${data?.['reason'] ?? ''}`)
      expect(types).toContain('session.ended limit')
      expect(types).toContain('token.revoked limit')
    })

    it('of fifty codes redeemed at the same moment as many count as are allowed', async () => {
      const subject = open()
      const indices = Array.from({ length: 50 }, (_, index) => index + 1)
      for (const index of indices) await signIn(subject, index)
      const redeemed = await Promise.all(indices.map((index) => redeem(subject, index, limited('refuse', 3))))
      expect(redeemed.filter(({ status }) => status === 'redeemed')).toHaveLength(3)
    })

    it('the person makes room where the setting refuses', async () => {
      const subject = open()
      for (const index of [1, 2]) await signIn(subject, index)
      await redeem(subject, 1, limited('refuse'))
      await subject.sessions.makeRoomAtClient({
        ...{ now: start + 200, origin, session_id: 'session-2', client_id: 'web', max: 1 },
      })
      expect((await redeem(subject, 2, limited('refuse'))).status).toBe('redeemed')
      expect(await live(subject)).toEqual(['session-2'])
    })
  })

  describe(`${name}: how long a session lasts`, () => {
    const longest = (idle_ttl_seconds: number, absolute_ttl_seconds: number) => ({
      longest: { idle_ttl_seconds, absolute_ttl_seconds },
    })

    it('a shorter time acts on living sessions at their next check, and stays', async () => {
      const subject = open()
      const { sessions } = subject
      await signIn(subject, 1)
      const soon = start + 1 + 100 * second
      expect((await sessions.checkSession(check('session-1', soon, longest(120, 3600)))).status).toBe('live')
      const late = start + 1 + 3600 * second
      expect((await sessions.checkSession(check('session-1', late))).status).toBe('none')
      expect(await live(subject, late)).toEqual([])
    })

    it('a longer time does not lengthen a living session', async () => {
      const subject = open()
      await signIn(subject, 1, { session: newSession('session-1', { absolute_ttl_seconds: 60 }) })
      const late = start + 61 * second
      const checked = await subject.sessions.checkSession(
        check('session-1', late, longest(Infinity, Infinity)),
      )
      expect(checked.status).toBe('none')
    })

    it('one that is over by the new time is over', async () => {
      const subject = open()
      await signIn(subject, 1)
      const now = start + hour
      expect(
        (await subject.sessions.checkSession(check('session-1', now, longest(Infinity, 60)))).status,
      ).toBe('none')
      expect(await live(subject, now)).toEqual([])
    })

    it('somebody without the secret shortens nothing', async () => {
      const subject = open()
      await signIn(subject, 1)
      const forged = { ...check('session-1', start + 1, longest(60, 60)), secret_hash: 'guess' }
      expect((await subject.sessions.checkSession(forged)).status).toBe('none')
      expect((await subject.sessions.checkSession(check('session-1', start + hour))).status).toBe('live')
    })
  })
}
