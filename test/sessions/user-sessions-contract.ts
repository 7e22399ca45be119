/** What every implementation of the `UserSessions` port does; run against the fake and the real object. */

import { describe, expect, it } from 'vitest'
import type { AuditEvent } from '../../src/audit/event.ts'
import { passwordProof } from '../../src/authentication/factor-proofs.ts'
import { deviceLifetimeSeconds, maxDeviceFailures, maxDevices } from '../../src/sessions/known-device.ts'
import { maxGrants } from '../../src/sessions/limit-grants.ts'
import { maxSessions } from '../../src/sessions/limit-sessions.ts'
import type { UserSessions } from '../../src/sessions/rules.ts'
import {
  day,
  deviceProof,
  grant,
  hour,
  login,
  newSession,
  origin,
  policy,
  redemption,
  rotation,
  second,
  start,
  userId,
} from './examples.ts'

export interface Subject {
  readonly sessions: UserSessions
  /** All events recorded so far, oldest first. */
  readonly events: () => Promise<readonly AuditEvent[]>
}

export function describeUserSessions(name: string, open: () => Subject): void {
  const signedIn = async (): Promise<Subject> => {
    const subject = open()
    await subject.sessions.recordLogin(login())
    return subject
  }
  const withGrant = async (overrides: Parameters<typeof grant>[1] = {}): Promise<Subject> => {
    const subject = await signedIn()
    await subject.sessions.redeemCode(redemption(grant('grant-1', overrides)))
    return subject
  }
  const typesOf = async ({ events }: Subject): Promise<string[]> =>
    (await events()).map((event) => event.type)
  const last = async ({ events }: Subject): Promise<AuditEvent | undefined> => (await events()).at(-1)
  const check = (now = start, session_id = 'session-1', secret_hash = `secret of ${session_id}`) => ({
    now,
    session_id,
    secret_hash,
  })
  const accessToken = (jti_hash = 'jti-0', grant_id: string | undefined = 'grant-1') => ({
    now: start,
    kind: 'access' as const,
    grant_id,
    jti_hash,
    with_grant: true,
  })
  const refreshToken = (secret_hash: string, now = start) => ({
    now,
    kind: 'refresh' as const,
    grant_id: 'grant-1',
    secret_hash,
  })

  describe(`UserSessions (${name})`, () => {
    describe('signing in', () => {
      it('begins a session, hides its secret and records it with its origin', async () => {
        const subject = open()
        const settled = await subject.sessions.recordLogin(login())
        expect(settled).toEqual({
          status: 'signed_in',
          session: {
            session_id: 'session-1',
            user_id: userId,
            auth_time: start,
            acr: 'urn:authly:acr:pwd',
            amr: ['pwd'],
            created_at: start,
            last_seen_at: start,
            expires_at: start + 7 * day,
            ip: origin.ip,
            user_agent: origin.user_agent,
            password_change_required: false,
            proofs: [{ ...passwordProof, step: 'password', at: start }],
          },
        })
        expect(await last(subject)).toMatchObject({
          type: 'session.created',
          outcome: 'success',
          actor_type: 'user',
          user_id: userId,
          session_id: 'session-1',
          ip: '192.0.2.7',
          request_id: 'request-1',
        })
      })

      it('locks an identifier after the free failures, whatever the password is then', async () => {
        const { sessions, events } = open()
        for (let failure = 0; failure < 6; failure++) {
          expect(await sessions.recordLogin(login({ password_ok: false }))).toEqual({ status: 'refused' })
        }
        const locked = { status: 'locked', retry_after_seconds: 2 }
        expect(await sessions.recordLogin(login({ password_ok: false }))).toEqual(locked)
        expect(await sessions.recordLogin(login())).toEqual(locked)
        expect(await sessions.listSessions({ now: start })).toEqual([])
        const types = (await events()).map((event) => event.type)
        // What repeats an attempt during the pause is counted (src/audit/repeated-events.ts).
        expect(types.slice(0, 7)).toEqual([...Array(6).fill('login.failed'), 'login.locked'])
      })

      it('counts each identifier of an account for itself, and a success starts afresh', async () => {
        const { sessions } = open()
        for (let failure = 0; failure < 6; failure++) {
          await sessions.recordLogin(login({ password_ok: false }))
        }
        const other = login({ identifier_hash: 'hash of ada' })
        expect((await sessions.recordLogin(other)).status).toBe('signed_in')
        const later = { now: start + 2 * second }
        expect((await sessions.recordLogin(login(later))).status).toBe('signed_in')
        expect(await sessions.recordLogin(login({ ...later, password_ok: false }))).toEqual({
          status: 'refused',
        })
        expect((await sessions.recordLogin(login(later))).status).toBe('signed_in')
      })

      it('gains nothing from guessing in parallel', async () => {
        const { sessions } = open()
        const guesses = Array.from({ length: 30 }, (_, index) =>
          sessions.recordLogin(login({ password_ok: index === 29 })),
        )
        const results = (await Promise.all(guesses)).map((settled) => settled.status)
        expect(results.filter((status) => status === 'refused')).toHaveLength(6)
        expect(results.at(-1)).toBe('locked')
      })

      it('replaces the session of the same browser and keeps its apps signed in', async () => {
        const subject = await withGrant()
        const { sessions } = subject
        await sessions.recordLogin(
          login({ session: newSession('session-2'), replaces_session_id: 'session-1' }),
        )
        expect(await sessions.checkSession(check())).toEqual({ status: 'none' })
        expect((await sessions.listSessions({ now: start })).map((session) => session.session_id)).toEqual([
          'session-2',
        ])
        expect((await sessions.rotateRefresh(rotation('token-0', 'token-1'))).status).toBe('rotated')
        // The grant moved along: it ends with the new session.
        await sessions.endSession({ now: start, session_id: 'session-2', origin, reason: 'logout' })
        expect(await sessions.rotateRefresh(rotation('token-1', 'token-2'))).toEqual({ status: 'refused' })
      })

      it('keeps a bounded number of sessions: the least recently used one ends', async () => {
        const { sessions } = open()
        for (let index = 0; index <= maxSessions; index++) {
          await sessions.recordLogin(login({ now: start + index, session: newSession(`session-${index}`) }))
        }
        const live = await sessions.listSessions({ now: start + hour })
        expect(live).toHaveLength(maxSessions)
        expect(live.at(-1)?.session_id).toBe('session-1')
      })
    })

    describe('on a known device', () => {
      /** A sign-in in a browser that presents `presented` and gets `next`. */
      const on = (
        presented: string | undefined,
        next: string,
        overrides: Parameters<typeof login>[0] = {},
      ): ReturnType<typeof login> =>
        login({
          session: newSession(`session of ${next}`),
          device: { presented: presented ? deviceProof(presented) : undefined, next: deviceProof(next) },
          ...overrides,
        })
      const lock = async ({ sessions }: Subject) => {
        for (let failure = 0; failure < 7; failure++) {
          await sessions.recordLogin(login({ password_ok: false }))
        }
        expect((await sessions.recordLogin(login())).status).toBe('locked')
      }
      const known = async (): Promise<Subject> => {
        const subject = open()
        await subject.sessions.recordLogin(on(undefined, 'device-1'))
        return subject
      }
      const idsOf = async ({ sessions }: Subject, now = start) =>
        (await sessions.listDevices({ now })).map(({ device_id }) => device_id)

      it('the right password is accepted whatever others did, and their lock stays', async () => {
        const subject = await known()
        await lock(subject)
        expect((await subject.sessions.recordLogin(on('device-1', 'device-2'))).status).toBe('signed_in')
        expect((await subject.sessions.recordLogin(on(undefined, 'device-3'))).status).toBe('locked')
      })

      it('each sign-in replaces the device: the old secret is worth nothing afterwards', async () => {
        const subject = await known()
        await lock(subject)
        const { sessions } = subject
        const later = { now: start + second, read_at: start + second }
        await sessions.recordLogin(on('device-1', 'device-2'))
        expect((await sessions.recordLogin(on('device-1', 'device-3', later))).status).toBe('locked')
        expect((await sessions.recordLogin(on('device-2', 'device-4', later))).status).toBe('signed_in')
        expect(await idsOf(subject)).toEqual(['device-4'])
        expect(await sessions.listDevices({ now: start })).toMatchObject([
          { known_since: start, last_used_at: start + second, session_id: 'session of device-4' },
        ])
      })

      it('a sign-in that was under way when another one replaced the device still counts', async () => {
        const subject = await known()
        await lock(subject)
        const { sessions } = subject
        const both = { now: start + second, read_at: start }
        expect((await sessions.recordLogin(on('device-1', 'device-2', both))).status).toBe('signed_in')
        expect((await sessions.recordLogin(on('device-1', 'device-3', both))).status).toBe('signed_in')
        // Whichever answer the browser keeps, it stays known.
        for (const [presented, next] of [
          ['device-2', 'device-4'],
          ['device-3', 'device-5'],
        ] as const) {
          const later = { now: start + 2 * second, read_at: start + 2 * second }
          expect((await sessions.recordLogin(on(presented, next, later))).status).toBe('signed_in')
        }
      })

      it.each([
        ['another secret', { device_id: 'device-1', secret_hash: 'guessed' }],
        ['an unknown device', deviceProof('device-9')],
      ])('%s is as none', async (_, presented) => {
        const subject = await known()
        await lock(subject)
        const attempt = login({ device: { presented, next: deviceProof('device-2') } })
        expect((await subject.sessions.recordLogin(attempt)).status).toBe('locked')
      })

      it('failures count for the device alone; after ten of them it is unknown again', async () => {
        const subject = await known()
        const { sessions } = subject
        const wrong = on('device-1', 'device-2', { password_ok: false })
        for (let failure = 0; failure < maxDeviceFailures - 1; failure++) {
          expect((await sessions.recordLogin(wrong)).status).toBe('refused')
        }
        expect(await last(subject)).toMatchObject({
          type: 'login.failed',
          data: { method: 'password', failures: maxDeviceFailures - 1, known_device: true },
        })
        // Nothing of it reached the account's counter: five free failures are left elsewhere.
        for (let failure = 0; failure < 5; failure++) {
          await sessions.recordLogin(login({ password_ok: false }))
        }
        expect((await sessions.recordLogin(login())).status).toBe('signed_in')
        expect(await sessions.recordLogin(wrong)).toEqual({ status: 'refused' })
        expect(await last(subject)).toMatchObject({
          type: 'device.forgotten',
          user_id: userId,
          data: { reason: 'too_many_failures' },
        })
        expect(await idsOf(subject)).toEqual([])
        await lock(subject)
        expect((await sessions.recordLogin(on('device-1', 'device-2'))).status).toBe('locked')
      })

      it('a success starts its counter afresh', async () => {
        const subject = await known()
        const { sessions } = subject
        for (let round = 1; round < 4; round++) {
          const wrong = on(`device-${round}`, 'never', { password_ok: false })
          for (let failure = 0; failure < maxDeviceFailures - 1; failure++) await sessions.recordLogin(wrong)
          const right = on(`device-${round}`, `device-${round + 1}`)
          expect((await sessions.recordLogin(right)).status).toBe('signed_in')
        }
        expect(await idsOf(subject)).toEqual(['device-4'])
      })

      it('it is unknown 90 days after the last sign-in there', async () => {
        const subject = await known()
        const end = start + deviceLifetimeSeconds * second
        const failAt = async (now: number) => {
          for (let failure = 0; failure < 7; failure++) {
            await subject.sessions.recordLogin(login({ now, password_ok: false }))
          }
        }
        await failAt(end - second)
        expect(await idsOf(subject, end - 1)).toEqual(['device-1'])
        expect(await idsOf(subject, end)).toEqual([])
        const late = on('device-1', 'device-2', { now: end })
        expect((await subject.sessions.recordLogin(late)).status).toBe('locked')
      })

      it('a person has at most 20; the one not used for longest goes', async () => {
        const subject = open()
        for (let index = 0; index <= maxDevices; index++) {
          await subject.sessions.recordLogin(on(undefined, `device-${index}`, { now: start + index }))
        }
        const ids = await idsOf(subject, start + hour)
        expect(ids).toHaveLength(20)
        expect(ids).not.toContain('device-0')
        expect(await typesOf(subject)).toContain('device.forgotten')
      })

      it('it ends with a password change, everywhere', async () => {
        const subject = await known()
        await subject.sessions.recordLogin(on(undefined, 'device-2'))
        await subject.sessions.completePasswordChange({
          ...{ now: start, session_id: 'session of device-2', origin },
          renewed: { session_id: 'renewed', secret_hash: 'renewed' },
        })
        expect(await idsOf(subject)).toEqual([])
        await lock(subject)
        expect((await subject.sessions.recordLogin(on('device-1', 'device-3'))).status).toBe('locked')
      })

      it('it ends with sign-out everywhere and recovery, but for the device of the session that stays', async () => {
        const subject = await known()
        const { sessions } = subject
        await sessions.recordLogin(on(undefined, 'device-2'))
        await sessions.endAllSessions({ now: start, origin, except_session_id: 'session of device-2' })
        expect(await idsOf(subject)).toEqual(['device-2'])
        await sessions.endAllSessions({ now: start, origin, reason: 'credentials_reset' })
        expect(await idsOf(subject)).toEqual([])
      })

      it('it outlives its session: signing out is no reason to be locked out', async () => {
        const subject = await known()
        const { sessions } = subject
        await sessions.endSession({
          ...{ now: start, session_id: 'session of device-1', origin, reason: 'logout' },
        })
        await lock(subject)
        expect((await sessions.recordLogin(on('device-1', 'device-2'))).status).toBe('signed_in')
      })

      it('the person removes it, once', async () => {
        const subject = await known()
        const removal = { now: start, user_id: userId, device_id: 'device-1', origin }
        expect(await subject.sessions.forgetDevice(removal)).toBe(true)
        expect(await last(subject)).toMatchObject({ type: 'device.forgotten', data: { reason: 'removed' } })
        expect(await subject.sessions.forgetDevice(removal)).toBe(false)
        expect(await idsOf(subject)).toEqual([])
      })

      it('its secret is never listed', async () => {
        const { sessions } = await known()
        expect(JSON.stringify(await sessions.listDevices({ now: start }))).not.toContain('secret')
      })
    })

    describe('checking a session', () => {
      it('is live for the holder of its secret only', async () => {
        const { sessions } = await signedIn()
        expect((await sessions.checkSession(check())).status).toBe('live')
        expect(await sessions.checkSession(check(start, 'session-1', 'wrong'))).toEqual({ status: 'none' })
        expect(await sessions.checkSession(check(start, 'session-2'))).toEqual({ status: 'none' })
      })

      it('ends when unused for the idle lifetime, and use prolongs it', async () => {
        const idle = await signedIn()
        expect(await idle.sessions.checkSession(check(start + 7 * day))).toEqual({ status: 'none' })

        const used = await signedIn()
        for (let days = 6; days < 30; days += 6) {
          const now = start + days * day
          expect(await used.sessions.checkSession(check(now))).toMatchObject({ status: 'live' })
          expect(await used.sessions.listSessions({ now })).toMatchObject([{ last_seen_at: now }])
        }
        expect(await used.sessions.checkSession(check(start + 30 * day))).toEqual({ status: 'none' })
      })

      it('writes the last use coarsely', async () => {
        const { sessions } = await signedIn()
        await sessions.checkSession(check(start + hour - 1))
        expect(await sessions.listSessions({ now: start + hour })).toMatchObject([{ last_seen_at: start }])
        await sessions.checkSession(check(start + hour))
        expect(await sessions.listSessions({ now: start + hour })).toMatchObject([
          { last_seen_at: start + hour },
        ])
      })

      it('answers with the remembered consent for the client asked about', async () => {
        const subject = await signedIn()
        const remembered = { scopes: ['openid', 'email'], claims: ['phone_number'] }
        const about = { now: start, client_id: 'web', session_id: 'session-1', user_id: userId, origin }
        await subject.sessions.rememberConsent({ ...about, ...remembered, new_decision: true })
        const checked = await subject.sessions.checkSession({ ...check(), client_id: 'web' })
        expect(checked).toMatchObject({ status: 'live', consent: remembered })
        const other = await subject.sessions.checkSession({ ...check(), client_id: 'other' })
        expect(other).toMatchObject({ status: 'live', consent: undefined })
        expect(await last(subject)).toMatchObject({
          type: 'consent.granted',
          client_id: 'web',
          data: remembered,
        })
      })

      it('records a decision about consent, and not the copying of an old one', async () => {
        const subject = await signedIn()
        const about = { now: start, client_id: 'web', session_id: 'session-1', user_id: userId, origin }
        await subject.sessions.rememberConsent({ ...about, scopes: [], claims: [], new_decision: false })
        await subject.sessions.denyConsent(about)
        expect(await typesOf(subject)).toEqual(['session.created', 'consent.denied'])
      })
    })

    describe('a login in progress', () => {
      it('leads to a code once, asked in turn or at one moment, and leaves the others alone', async () => {
        const { sessions } = await signedIn()
        const spend = (interaction_id: string) =>
          sessions.spendInteraction({ interaction_id, expires_at: start + hour })
        const first = await Promise.all([spend('one'), spend('one'), spend('one')])
        expect(first.filter(Boolean)).toHaveLength(1)
        expect(await spend('one')).toBe(false)
        expect(await spend('two')).toBe(true)
      })
    })

    describe('redeeming a code', () => {
      it('issues once and records what, without any secret', async () => {
        const subject = await signedIn()
        expect(await subject.sessions.redeemCode(redemption())).toEqual({ status: 'redeemed' })
        expect(await last(subject)).toMatchObject({
          type: 'token.issued',
          actor_type: 'client',
          actor_id: 'web',
          user_id: userId,
          session_id: 'session-1',
          data: { grant_type: 'authorization_code', scopes: grant().scopes, jti_hash: 'jti-0' },
        })
        expect(JSON.stringify(await subject.events())).not.toMatch(/token-0|secret of/)
      })

      it('revokes everything it issued when a code is used again (RFC 6749 §4.1.2)', async () => {
        const subject = await withGrant()
        const { sessions } = subject
        expect(await sessions.redeemCode(redemption())).toEqual({ status: 'reused' })
        expect(await sessions.inspectToken(accessToken())).toEqual({ status: 'dead' })
        expect(await sessions.rotateRefresh(rotation('token-0', 'token-1'))).toEqual({ status: 'refused' })
        expect(await sessions.redeemCode(redemption())).toEqual({ status: 'reused' })
        expect(await typesOf(subject)).toEqual([
          'session.created',
          'token.issued',
          'code.reused',
          'token.revoked',
        ])
      })

      it('recognises a second use after the code has expired too', async () => {
        const { sessions } = await withGrant()
        const late = redemption(grant(), { now: start + hour })
        expect(await sessions.redeemCode(late)).toEqual({ status: 'reused' })
      })

      it('never leaves two live grants, however many redeem at once', async () => {
        const subject = await signedIn()
        const all = Array.from({ length: 50 }, (_, index) =>
          subject.sessions.redeemCode(
            redemption(grant(), {
              refresh: { token_hash: `token-0-${index}`, policy },
              jti_hash: `jti-${index}`,
            }),
          ),
        )
        const statuses = (await Promise.all(all)).map((redeemed) => redeemed.status)
        expect(statuses.filter((status) => status === 'redeemed')).toHaveLength(1)
        expect(statuses.filter((status) => status === 'reused')).toHaveLength(49)
        expect(await subject.sessions.inspectToken(accessToken())).toEqual({ status: 'dead' })
      })

      it('refuses an expired code and one whose session has ended', async () => {
        const { sessions } = await signedIn()
        expect(await sessions.redeemCode(redemption(grant(), { now: start + 60 * second }))).toEqual({
          status: 'refused',
        })
        await sessions.endSession({ now: start, session_id: 'session-1', origin, reason: 'logout' })
        expect(await sessions.redeemCode(redemption())).toEqual({ status: 'refused' })
        expect(await sessions.inspectToken(accessToken())).toEqual({ status: 'dead' })
      })
    })

    describe('rotating a refresh token', () => {
      it('gives the successor once and the same answer to retries in the grace window', async () => {
        const subject = await withGrant()
        const { sessions } = subject
        expect(await sessions.rotateRefresh(rotation('token-0', 'token-1'))).toEqual({
          status: 'rotated',
          grant: grant(),
        })
        expect(await sessions.rotateRefresh(rotation('token-0', 'token-1b'))).toEqual({
          status: 'replayed',
          grant: grant(),
          replay: 'answer with token-1',
        })
        expect((await sessions.rotateRefresh(rotation('token-1', 'token-2'))).status).toBe('rotated')
        expect((await typesOf(subject)).slice(2)).toEqual([
          'token.refreshed',
          'token.replayed',
          'token.refreshed',
        ])
      })

      it('yields one successor to 50 parallel refreshes of one token', async () => {
        const { sessions } = await withGrant()
        const all = Array.from({ length: 50 }, (_, index) =>
          sessions.rotateRefresh(rotation('token-0', `token-1-${index}`)),
        )
        const results = await Promise.all(all)
        const rotated = results.flatMap((result, index) => (result.status === 'rotated' ? [index] : []))
        expect(rotated).toHaveLength(1)
        const answers = results.flatMap((result) => (result.status === 'replayed' ? [result.replay] : []))
        expect(answers).toHaveLength(49)
        expect(new Set(answers)).toEqual(new Set([`answer with token-1-${rotated[0]}`]))
        const next = await sessions.rotateRefresh(rotation(`token-1-${rotated[0]}`, 'token-2'))
        expect(next.status).toBe('rotated')
      })

      it('revokes the whole family when a used refresh token returns (RFC 9700 §4.14)', async () => {
        const subject = await withGrant()
        const { sessions } = subject
        await sessions.rotateRefresh(rotation('token-0', 'token-1'))
        const late = { now: start + 41 * second }
        expect(await sessions.rotateRefresh(rotation('token-0', 'token-x', late))).toEqual({
          status: 'reused',
        })
        expect(await sessions.rotateRefresh(rotation('token-1', 'token-2', late))).toEqual({
          status: 'refused',
        })
        expect(await sessions.inspectToken(accessToken())).toEqual({ status: 'dead' })
        expect((await typesOf(subject)).slice(3)).toEqual(['token.refresh_reused', 'token.revoked'])
      })

      describe('kept as the profile demands (FAPI 2.0 Security Profile §5.3.2.1)', () => {
        const kept = { status: 'kept', grant: grant() }
        const keep = (sessions: UserSessions, token: string, overrides: object = {}) =>
          sessions.rotateRefresh(rotation(token, token, { replay: '', keeps_token: true, ...overrides }))

        it('stays current for every use, in parallel and later, and each use is recorded', async () => {
          const subject = await withGrant()
          const { sessions } = subject
          const all = await Promise.all(Array.from({ length: 50 }, () => keep(sessions, 'token-0')))
          expect(all).toEqual(Array(50).fill(kept))
          expect(await keep(sessions, 'token-0', { now: start + 41 * second })).toEqual(kept)
          const events = (await subject.events()).filter(({ type }) => type === 'token.refreshed')
          expect(events).toHaveLength(51)
          for (const { data } of events) expect(data).toEqual({ grant_id: 'grant-1', kept: true })
        })

        it('goes on from the current token of a family that was rotated, and an older one is reuse', async () => {
          const subject = await withGrant()
          const { sessions } = subject
          await sessions.rotateRefresh(rotation('token-0', 'token-1'))
          expect(await keep(sessions, 'token-1', { now: start + 15 * second })).toEqual(kept)
          expect(await keep(sessions, 'token-0', { now: start + 20 * second })).toMatchObject({
            ...{ status: 'replayed', replay: 'answer with token-1' },
          })
          expect(await keep(sessions, 'token-1', { now: start + 41 * second })).toEqual(kept)
          expect(await keep(sessions, 'token-0', { now: start + 42 * second })).toEqual({ status: 'reused' })
          expect(await keep(sessions, 'token-1', { now: start + 43 * second })).toEqual({ status: 'refused' })
          expect((await typesOf(subject)).slice(-2)).toEqual(['token.refresh_reused', 'token.revoked'])
        })

        it('lives on by each use, and ends without', async () => {
          const { sessions } = await withGrant({ scopes: ['openid', 'offline_access'] })
          for (const days of [13, 26, 39])
            expect((await keep(sessions, 'token-0', { now: start + days * day })).status).toBe('kept')
          expect(await keep(sessions, 'token-0', { now: start + 53 * day })).toEqual({ status: 'refused' })
        })

        it('is replaced by the next rotation, when the profile is laid down', async () => {
          const { sessions } = await withGrant()
          await keep(sessions, 'token-0')
          const later = { now: start + 50 * second }
          expect((await sessions.rotateRefresh(rotation('token-0', 'token-1', later))).status).toBe('rotated')
          expect((await keep(sessions, 'token-1', { now: start + 60 * second })).status).toBe('kept')
        })

        it('may be its own successor to an object that does not know of keeping', async () => {
          const { sessions } = await withGrant()
          const itself = (at: number) =>
            sessions.rotateRefresh(rotation('token-0', 'token-0', { replay: '', now: start + at * second }))
          for (const at of [10, 11, 60]) expect((await itself(at)).status).toBe('rotated')
          expect((await keep(sessions, 'token-0', { now: start + 61 * second })).status).toBe('kept')
        })
      })

      it('checks narrowing before anything is consumed (RFC 6749 §6, RFC 8707 §2.2)', async () => {
        const { sessions } = await withGrant()
        const ask = (overrides: object) => sessions.rotateRefresh(rotation('token-0', 'token-1', overrides))
        expect(await ask({ scopes: ['openid', 'admin'] })).toEqual({ status: 'invalid_scope' })
        expect(await ask({ resources: ['https://evil.example.test'] })).toEqual({ status: 'invalid_target' })
        const withdrawn = { registered_resources: ['https://other.example.test'] }
        expect(await ask(withdrawn)).toEqual({ status: 'invalid_target' })
        const narrowed = {
          ...{ scopes: ['orders'], resources: ['https://api.example.test'] },
          registered_resources: ['https://api.example.test'],
        }
        expect(await ask(narrowed)).toEqual({ status: 'rotated', grant: grant() })
      })

      it('refuses another client, unknown grants and grants without refresh token, and changes nothing', async () => {
        const subject = await withGrant()
        const { sessions } = subject
        const refused = { status: 'refused' }
        expect(await sessions.rotateRefresh(rotation('token-0', 'x', { client_id: 'other' }))).toEqual(
          refused,
        )
        expect(await sessions.rotateRefresh(rotation('wrong', 'x', { client_id: 'other' }))).toEqual(refused)
        expect(await sessions.rotateRefresh(rotation('token-0', 'x', { grant_id: 'nope' }))).toEqual(refused)
        await sessions.redeemCode(redemption(grant('grant-2'), { refresh: undefined }))
        expect(await sessions.rotateRefresh(rotation('token-0', 'x', { grant_id: 'grant-2' }))).toEqual(
          refused,
        )
        expect((await sessions.rotateRefresh(rotation('token-0', 'token-1'))).status).toBe('rotated')
        expect(await typesOf(subject)).not.toContain('token.revoked')
      })

      it('refuses a token that was not used for the idle lifetime', async () => {
        const { sessions } = await withGrant()
        const late = rotation('token-0', 'token-1', { now: start + 14 * day })
        expect(await sessions.rotateRefresh(late)).toEqual({ status: 'refused' })
      })
    })

    describe('the end of a session (OpenID Connect Core §11)', () => {
      const refreshEveryTenDays = async (sessions: UserSessions): Promise<string[]> => {
        const statuses: string[] = []
        for (const days of [0, 10, 20, 29.9, 30]) {
          const token = statuses.length
          const at = { now: start + days * day }
          const rotated = await sessions.rotateRefresh(rotation(`token-${token}`, `token-${token + 1}`, at))
          statuses.push(rotated.status)
        }
        return statuses
      }

      it('ends a refresh family without offline_access, though not by being idle', async () => {
        const { sessions } = await withGrant()
        expect(await refreshEveryTenDays(sessions)).toEqual([...Array(4).fill('rotated'), 'refused'])
        const last = refreshToken('token-4', start + 30 * day)
        expect(await sessions.inspectToken(last)).toEqual({ status: 'dead' })
      })

      it('does not end one with offline_access', async () => {
        const { sessions } = await withGrant({ scopes: ['openid', 'offline_access'] })
        expect(await refreshEveryTenDays(sessions)).toEqual(Array(5).fill('rotated'))
      })
    })

    describe('the number of grants', () => {
      const redeem = async ({ sessions }: Subject, index: number, overrides: object = {}) => {
        const now = start + index
        const refresh = { token_hash: `token-0 of ${index}`, policy }
        return sessions.redeemCode(
          redemption(grant(`grant-${index}`, overrides), {
            now,
            code_expires_at: now + 60 * second,
            refresh,
            jti_hash: `jti-${index}`,
          }),
        )
      }
      const isLive = async ({ sessions }: Subject, index: number) =>
        (await sessions.inspectToken(accessToken(`jti-${index}`, `grant-${index}`))).status === 'live'

      it('is bounded: those end that were not used for longest, but offline_access last', async () => {
        const subject = await signedIn()
        await redeem(subject, 0, { scopes: ['openid', 'offline_access'] })
        for (let index = 1; index < maxGrants; index++) await redeem(subject, index)
        const used = rotation('token-0 of 1', 'token-1', { grant_id: 'grant-1', now: start + second })
        expect((await subject.sessions.rotateRefresh(used)).status).toBe('rotated')
        expect(await typesOf(subject)).not.toContain('token.revoked')

        expect(await redeem(subject, maxGrants)).toEqual({ status: 'redeemed' })
        const live = await Promise.all([0, 1, 2, 3, maxGrants].map((index) => isLive(subject, index)))
        expect(live).toEqual([true, true, false, false, true])
        const revoked = (await subject.events()).filter(({ type }) => type === 'token.revoked')
        expect(revoked[0]).toMatchObject({ client_id: 'web', data: { reason: 'limit', grant_id: 'grant-2' } })
        expect(revoked.length).toBeLessThanOrEqual(maxGrants / 10)
      })

      it('counts no grants that have ended by themselves', async () => {
        const subject = await signedIn()
        const brief = (index: number) => redemption(grant(`brief-${index}`), { refresh: undefined })
        for (let index = 0; index < maxGrants; index++) await subject.sessions.redeemCode(brief(index))
        const revoked = async () =>
          (await subject.events()).flatMap(({ type, data }) =>
            type === 'token.revoked' ? [String(data?.['grant_id'])] : [],
          )
        for (let index = 0; index < maxGrants; index++) await redeem(subject, hour + index)
        expect(await revoked()).toEqual([])
        await redeem(subject, hour + maxGrants)
        expect((await revoked()).filter((id) => id.startsWith('brief-'))).toEqual([])
        expect((await revoked())[0]).toBe(`grant-${hour}`)
      })
    })

    describe('two clients of one session, and one client that tries again', () => {
      const of = async ({ sessions }: Subject, ...ids: readonly string[]) =>
        Promise.all(
          ids.map(async (id) => (await sessions.inspectToken(accessToken(`jti of ${id}`, id))).status),
        )
      const redeem = ({ sessions }: Subject, id: string, client_id: string, now = start) =>
        sessions.redeemCode(
          redemption(grant(id, { client_id }), {
            ...{ now, code_expires_at: now + 60 * second, jti_hash: `jti of ${id}` },
            refresh: { token_hash: `token-0 of ${id}`, policy },
          }),
        )
      /** One session: the client `web` has signed in twice, `other` once. */
      const three = async () => {
        const subject = await signedIn()
        await redeem(subject, 'web-1', 'web')
        await redeem(subject, 'web-2', 'web')
        await redeem(subject, 'other-1', 'other')
        expect(await of(subject, 'web-1', 'web-2', 'other-1')).toEqual(['live', 'live', 'live'])
        return subject
      }

      it('a code sent twice ends what it led to, and nothing else (RFC 6749 §4.1.2)', async () => {
        const subject = await three()
        expect((await redeem(subject, 'web-1', 'web')).status).toBe('reused')
        expect(await of(subject, 'web-1', 'web-2', 'other-1')).toEqual(['dead', 'live', 'live'])
      })

      it('a refresh token sent again after its time ends its family alone (RFC 9700 §4.14)', async () => {
        const subject = await three()
        const rotate = (presented: string, successor: string, now: number) =>
          subject.sessions.rotateRefresh(rotation(presented, successor, { grant_id: 'web-1', now }))
        await rotate('token-0 of web-1', 'token-1', start + second)
        expect((await rotate('token-0 of web-1', 'token-x', start + 2 * second)).status).toBe('replayed')
        expect((await rotate('token-0 of web-1', 'token-x', start + 60 * second)).status).toBe('reused')
        expect(await of(subject, 'web-1', 'web-2', 'other-1')).toEqual(['dead', 'live', 'live'])
      })

      it('a refresh token that one client revokes ends its grant alone (RFC 7009)', async () => {
        const subject = await three()
        await subject.sessions.revokeToken({
          ...{ now: start, client_id: 'web', origin, kind: 'refresh' },
          ...{ grant_id: 'web-2', secret_hash: 'token-0 of web-2' },
        })
        expect(await of(subject, 'web-1', 'web-2', 'other-1')).toEqual(['live', 'dead', 'live'])
      })

      // Attack: one client knows the id of another's grant.
      it('what another client sends, of a grant that is not its own, changes nothing', async () => {
        const subject = await three()
        await subject.sessions.revokeToken({
          ...{ now: start, client_id: 'other', origin, kind: 'refresh' },
          ...{ grant_id: 'web-1', secret_hash: 'token-0 of web-1' },
        })
        const stolen = rotation('token-0 of web-1', 'x', { grant_id: 'web-1', client_id: 'other' })
        expect((await subject.sessions.rotateRefresh(stolen)).status).toBe('refused')
        expect(await of(subject, 'web-1', 'web-2', 'other-1')).toEqual(['live', 'live', 'live'])
      })

      it('a limit of sessions counts the own session never: neither retries nor the other client end it', async () => {
        const subject = await signedIn()
        const limit = { max: 1, when_full: 'end_oldest' } as const
        for (const [id, client_id] of [
          ...([
            ['web-1', 'web'],
            ['other-1', 'other'],
            ['web-2', 'web'],
            ['other-2', 'other'],
          ] as const),
        ]) {
          const redeemed = await subject.sessions.redeemCode(
            redemption(grant(id, { client_id }), { jti_hash: `jti of ${id}`, client_limit: limit }),
          )
          expect(redeemed.status).toBe('redeemed')
        }
        expect(await of(subject, 'web-1', 'other-1', 'web-2', 'other-2')).toEqual(Array(4).fill('live'))
        expect(await typesOf(subject)).not.toContain('session.ended')
      })

      it('a client that keeps starting over loses its own oldest grants, never those of another', async () => {
        const subject = await signedIn()
        await redeem(subject, 'other-1', 'other')
        for (let index = 0; index < maxGrants + 40; index++) {
          await redeem(subject, `web-${index}`, 'web', start + 1 + index)
        }
        expect(await of(subject, 'other-1', 'web-0', `web-${maxGrants + 39}`)).toEqual([
          'live',
          'dead',
          'live',
        ])
        const ended = (await subject.events()).filter(({ type }) => type === 'token.revoked')
        expect(new Set(ended.map(({ client_id }) => client_id))).toEqual(new Set(['web']))
      })

      it('a sign-in to the one leaves the other its part: each is told of the end once', async () => {
        const subject = await signedIn()
        for (const [id, client_id] of [
          ['web-1', 'web'],
          ['web-2', 'web'],
          ['other-1', 'other'],
        ] as const) {
          await subject.sessions.redeemCode(
            redemption(grant(id, { client_id }), { jti_hash: `jti of ${id}`, takes_part: true }),
          )
        }
        const told = await subject.sessions.signOut({ now: start, session_id: 'session-1', origin })
        expect(told.map(({ client_id }) => client_id).toSorted()).toEqual(['other', 'web'])
        expect(await subject.sessions.signOut({ now: start, session_id: 'session-1', origin })).toEqual([])
      })
    })

    describe('inspecting a token (RFC 7662)', () => {
      it('tells what a live access token was granted', async () => {
        const { sessions } = await withGrant()
        expect(await sessions.inspectToken(accessToken())).toMatchObject({ status: 'live', grant: grant() })
      })

      it('knows refresh tokens by their secret, the current one only', async () => {
        const { sessions } = await withGrant()
        const live = await sessions.inspectToken(refreshToken('token-0'))
        expect(live).toEqual({ status: 'live', grant: grant(), expires_at: start + 14 * day })
        await sessions.rotateRefresh(rotation('token-0', 'token-1'))
        expect(await sessions.inspectToken(refreshToken('token-0'))).toEqual({ status: 'dead' })
        expect((await sessions.inspectToken(refreshToken('token-1'))).status).toBe('live')
        expect(await sessions.inspectToken(refreshToken('token-1', start + 15 * day))).toEqual({
          status: 'dead',
        })
      })

      it('holds service tokens alive, which have no grant, and unknown grants dead', async () => {
        const { sessions } = open()
        const service = { now: start, kind: 'access' as const, jti_hash: 'jti-s' }
        expect(await sessions.inspectToken(service)).toEqual({ status: 'live' })
        expect(await sessions.inspectToken(accessToken())).toEqual({ status: 'dead' })
      })
    })

    describe('revoking a token (RFC 7009)', () => {
      const revokeAccess = {
        now: start,
        client_id: 'web',
        origin,
        kind: 'access' as const,
        expires_at: start + hour,
      }
      const revokeRefresh = {
        now: start,
        client_id: 'web',
        origin,
        kind: 'refresh' as const,
        grant_id: 'grant-1',
      }

      it('ends an access token alone', async () => {
        const subject = await withGrant()
        const { sessions } = subject
        await sessions.revokeToken({ ...revokeAccess, grant_id: 'grant-1', jti_hash: 'jti-0' })
        await sessions.revokeToken({ ...revokeAccess, grant_id: 'grant-1', jti_hash: 'jti-0' })
        expect(await sessions.inspectToken(accessToken())).toEqual({ status: 'dead' })
        expect((await sessions.inspectToken(accessToken('jti-1'))).status).toBe('live')
        expect((await sessions.inspectToken(refreshToken('token-0'))).status).toBe('live')
        expect((await typesOf(subject)).slice(2)).toEqual(['token.revoked'])
      })

      it('ends the grant with its refresh token, access tokens included (§2.1)', async () => {
        const { sessions } = await withGrant()
        await sessions.revokeToken({ ...revokeRefresh, secret_hash: 'token-0' })
        expect(await sessions.inspectToken(accessToken())).toEqual({ status: 'dead' })
        expect(await sessions.rotateRefresh(rotation('token-0', 'token-1'))).toEqual({ status: 'refused' })
      })

      it('accepts the token before the current one, whose holder may never have seen the successor', async () => {
        const { sessions } = await withGrant()
        await sessions.rotateRefresh(rotation('token-0', 'token-1'))
        await sessions.revokeToken({ ...revokeRefresh, secret_hash: 'token-0' })
        expect(await sessions.inspectToken(refreshToken('token-1'))).toEqual({ status: 'dead' })
      })

      it('ignores tokens of other clients and unknown ones', async () => {
        const subject = await withGrant()
        const { sessions } = subject
        await sessions.revokeToken({ ...revokeRefresh, client_id: 'other', secret_hash: 'token-0' })
        await sessions.revokeToken({ ...revokeRefresh, secret_hash: 'wrong' })
        await sessions.revokeToken({
          ...revokeAccess,
          client_id: 'other',
          grant_id: 'grant-1',
          jti_hash: 'jti-0',
        })
        await sessions.revokeToken({ ...revokeAccess, grant_id: 'grant-9', jti_hash: 'jti-0' })
        expect((await sessions.inspectToken(accessToken())).status).toBe('live')
        expect((await sessions.inspectToken(refreshToken('token-0'))).status).toBe('live')
        expect(await typesOf(subject)).not.toContain('token.revoked')
      })

      it('ends a service token in the object of its client', async () => {
        const subject = open()
        await subject.sessions.revokeToken({ ...revokeAccess, client_id: 'svc', jti_hash: 'jti-s' })
        const service = { now: start, kind: 'access' as const, jti_hash: 'jti-s' }
        expect(await subject.sessions.inspectToken(service)).toEqual({ status: 'dead' })
        expect(await last(subject)).toMatchObject({
          type: 'token.revoked',
          actor_type: 'client',
          actor_id: 'svc',
        })
      })
    })

    describe('signing out', () => {
      it('ends the session and its grants, but not those with offline_access (OpenID Connect Core §11)', async () => {
        const subject = await withGrant()
        const { sessions } = subject
        const offline = grant('grant-2', { scopes: ['openid', 'offline_access'] })
        await sessions.redeemCode(redemption(offline, { refresh: { token_hash: 'offline-0', policy } }))
        await sessions.endSession({ now: start, session_id: 'session-1', origin, reason: 'logout' })
        expect(await sessions.checkSession(check())).toEqual({ status: 'none' })
        expect(await sessions.rotateRefresh(rotation('token-0', 'token-1'))).toEqual({ status: 'refused' })
        const kept = await sessions.rotateRefresh(rotation('offline-0', 'offline-1', { grant_id: 'grant-2' }))
        expect(kept.status).toBe('rotated')
        const types = await typesOf(subject)
        expect(types.slice(3)).toEqual(['session.ended', 'token.revoked', 'token.refreshed'])
      })

      it('is quiet about a session that is not there', async () => {
        const subject = open()
        await subject.sessions.endSession({ now: start, session_id: 'nope', origin, reason: 'logout' })
        expect(await subject.events()).toEqual([])
      })

      it('everywhere ends all other sessions and every grant, offline_access included', async () => {
        const subject = await withGrant({ scopes: ['openid', 'offline_access'] })
        const { sessions } = subject
        await sessions.recordLogin(login({ session: newSession('session-2') }))
        await sessions.endAllSessions({ now: start, except_session_id: 'session-2', origin })
        expect((await sessions.listSessions({ now: start })).map((session) => session.session_id)).toEqual([
          'session-2',
        ])
        expect(await sessions.rotateRefresh(rotation('token-0', 'token-1'))).toEqual({ status: 'refused' })
        await sessions.endAllSessions({ now: start, origin })
        expect(await sessions.listSessions({ now: start })).toEqual([])
      })

      it('by somebody else says who it was and why (audit)', async () => {
        const subject = await withGrant()
        const by = { actor_type: 'user', actor_id: 'an-admin' } as const
        await subject.sessions.endAllSessions({ now: start, origin, by, reason: 'account_disabled' })
        const ended = (await subject.events()).slice(-2)
        expect(ended.map(({ type }) => type)).toEqual(['session.ended', 'token.revoked'])
        for (const event of ended) {
          expect(event).toMatchObject({ ...by, user_id: userId, data: { reason: 'account_disabled' } })
        }
      })

      it('says whether there was such a session', async () => {
        const { sessions } = await signedIn()
        const end = { now: start, session_id: 'session-1', origin, reason: 'revoked' } as const
        expect(await sessions.endSession(end)).toBe(true)
        expect(await sessions.endSession(end)).toBe(false)
      })

      it('can forget failed sign-ins, or all that is remembered of the person', async () => {
        const { sessions } = await signedIn()
        const consent = { now: start, client_id: 'web', session_id: 'session-1', user_id: userId, origin }
        await sessions.rememberConsent({ ...consent, scopes: ['openid'], claims: [], new_decision: false })
        for (let failure = 0; failure < 7; failure++) {
          await sessions.recordLogin(login({ password_ok: false }))
        }
        expect((await sessions.recordLogin(login())).status).toBe('locked')
        await sessions.endAllSessions({ now: start, origin, forget: 'attempts' })
        expect((await sessions.recordLogin(login())).status).toBe('signed_in')
        const asked = { ...check(), client_id: 'web' }
        expect(await sessions.checkSession(asked)).toMatchObject({ consent: { scopes: ['openid'] } })
        await sessions.endAllSessions({ now: start, origin, forget: 'everything' })
        await sessions.recordLogin(login())
        expect(await sessions.checkSession(asked)).toMatchObject({ status: 'live', consent: undefined })
      })

      it('forgives failures when asked, and nothing else', async () => {
        const { sessions } = await signedIn()
        for (let failure = 0; failure < 7; failure++) {
          await sessions.recordLogin(login({ password_ok: false }))
        }
        await sessions.forgiveFailures()
        expect((await sessions.recordLogin(login({ session: newSession('session-2') }))).status).toBe(
          'signed_in',
        )
        expect(await sessions.listSessions({ now: start })).toHaveLength(2)
      })

      it('of a consent ends every grant of that client and of no other', async () => {
        const subject = await withGrant({ scopes: ['openid', 'offline_access'] })
        const { sessions } = subject
        const { client_id } = grant('grant-1')
        await sessions.redeemCode(redemption(grant('grant-2', { client_id: 'another' })))
        const by = { actor_type: 'client', actor_id: 'service' } as const
        expect(await sessions.forgetConsent({ now: start, origin, client_id, by })).toBe(true)
        expect(await sessions.inspectToken(accessToken())).toEqual({ status: 'dead' })
        expect(await sessions.inspectToken(accessToken('jti-0', 'grant-2'))).toMatchObject({ status: 'live' })
        expect(await last(subject)).toMatchObject({ type: 'token.revoked', ...by, client_id })
        expect(await sessions.forgetConsent({ now: start, origin, client_id, by })).toBe(false)
        expect((await sessions.listSessions({ now: start })).length).toBe(1)
      })

      describe('after a password change', () => {
        const change = (session_id: string, now = start) => ({
          now,
          session_id,
          renewed: { session_id: 'renewed', secret_hash: 'secret of renewed' },
          origin,
        })

        it('nothing goes on but this browser, in a new session without the restriction', async () => {
          const subject = await withGrant({ scopes: ['openid', 'offline_access'] })
          const { sessions } = subject
          const forced = newSession('session-2', { password_change_required: true })
          await sessions.recordLogin(login({ session: forced }))
          await sessions.completePasswordChange(change('session-2', start + hour))
          const checked = await sessions.checkSession(check(start + hour, 'renewed'))
          expect(checked).toMatchObject({
            status: 'live',
            session: { user_id: userId, auth_time: start, password_change_required: false },
          })
          // Whoever knew the old password may have made this grant.
          expect(await sessions.rotateRefresh(rotation('token-0', 'token-1'))).toEqual({ status: 'refused' })
          expect(await sessions.listSessions({ now: start })).toHaveLength(1)
          expect((await typesOf(subject)).slice(3)).toEqual([
            'session.ended',
            'session.ended',
            'token.revoked',
            'session.created',
          ])
        })

        it('the old handle of this browser is dead, with the codes issued under it', async () => {
          const { sessions } = await signedIn()
          await sessions.completePasswordChange(change('session-1'))
          expect(await sessions.checkSession(check())).toEqual({ status: 'none' })
          expect(await sessions.checkSession(check(start, 'renewed', 'secret of session-1'))).toEqual({
            status: 'none',
          })
          expect(await sessions.redeemCode(redemption())).toEqual({ status: 'refused' })
        })

        it('the new session lasts no longer than the old one could have', async () => {
          const { sessions } = await signedIn()
          for (let days = 6; days < 30; days += 6) await sessions.checkSession(check(start + days * day))
          await sessions.completePasswordChange(change('session-1', start + 29 * day))
          const checkAt = (now: number) => sessions.checkSession(check(now, 'renewed'))
          expect((await checkAt(start + 29 * day)).status).toBe('live')
          expect(await checkAt(start + 30 * day)).toEqual({ status: 'none' })
        })

        it('a repeated call leaves alone what began in between', async () => {
          const subject = await signedIn()
          const { sessions } = subject
          await sessions.completePasswordChange(change('session-1'))
          await sessions.recordLogin(login({ session: newSession('session-3') }))
          const before = await typesOf(subject)
          await sessions.completePasswordChange(change('session-1'))
          expect(await sessions.listSessions({ now: start })).toHaveLength(2)
          expect(await typesOf(subject)).toEqual(before)
        })

        it('a session that has ended meanwhile is not brought back', async () => {
          const { sessions } = await signedIn()
          await sessions.endSession({ now: start, session_id: 'session-1', origin, reason: 'logout' })
          await sessions.completePasswordChange(change('session-1'))
          expect(await sessions.listSessions({ now: start })).toEqual([])
        })
      })
    })

    describe('work that outlives its access token', () => {
      const work = { now: start, work_id: 'job-1', client_id: 'web' }
      const delegated = async (overrides: Parameters<typeof grant>[1] = {}) => {
        // As a whole: the port alone may be a proxy, which looks like a promise.
        const { sessions } = await withGrant({ client_id: 'web', ...overrides })
        expect(await sessions.delegate({ ...work, grant_id: 'grant-1', jti_hash: 'jti-0' })).toBe(true)
        return { sessions }
      }
      const isDelegated = (sessions: UserSessions) => sessions.isDelegated({ now: start, work_id: 'job-1' })

      it('is lent nothing by a token that lives no more, and nothing that was never lent', async () => {
        const { sessions } = await withGrant()
        expect(await isDelegated(sessions)).toBe(false)
        await sessions.endAllSessions({ now: start, origin })
        expect(await sessions.delegate({ ...work, grant_id: 'grant-1', jti_hash: 'jti-0' })).toBe(false)
        expect(await isDelegated(sessions)).toBe(false)
      })

      it('goes on after a sign-out; revoking its dead access token still ends it', async () => {
        const { sessions } = await delegated()
        await sessions.endSession({ now: start, session_id: 'session-1', origin, reason: 'logout' })
        expect(await isDelegated(sessions)).toBe(true)
        await sessions.revokeToken({
          ...{ now: start, client_id: 'web', origin, kind: 'access', expires_at: start + hour },
          ...{ grant_id: 'grant-1', jti_hash: 'jti-0' },
        })
        expect(await isDelegated(sessions)).toBe(false)
      })

      it('ends when the refresh token of a grant that has ended is revoked, by its own client alone', async () => {
        const { sessions } = await delegated()
        await sessions.endSession({ now: start, session_id: 'session-1', origin, reason: 'logout' })
        const refresh = { kind: 'refresh', grant_id: 'grant-1', secret_hash: 'any' } as const
        await sessions.revokeToken({ now: start, client_id: 'other', origin, ...refresh })
        expect(await isDelegated(sessions)).toBe(true)
        await sessions.revokeToken({ now: start, client_id: 'web', origin, ...refresh })
        expect(await isDelegated(sessions)).toBe(false)
      })

      it('belongs to the session that replaced the one it was lent in', async () => {
        const { sessions } = await delegated()
        await sessions.recordLogin(
          login({ session: newSession('session-2'), replaces_session_id: 'session-1' }),
        )
        expect(await isDelegated(sessions)).toBe(true)
        await sessions.endSession({ now: start, session_id: 'session-2', origin, reason: 'revoked' })
        expect(await isDelegated(sessions)).toBe(false)
      })

      it('ends with a session that is revoked, unless its grant outlives sessions (offline_access)', async () => {
        const revoke = { now: start, session_id: 'session-1', origin, reason: 'revoked' } as const
        const { sessions } = await delegated()
        await sessions.endSession(revoke)
        expect(await isDelegated(sessions)).toBe(false)
        const { sessions: offline } = await delegated({ scopes: ['offline_access'] })
        await offline.endSession(revoke)
        expect(await isDelegated(offline)).toBe(true)
      })

      it('ends when everything ends, and when the consent is withdrawn', async () => {
        const { sessions: everything } = await delegated()
        await everything.endAllSessions({ now: start, origin })
        expect(await isDelegated(everything)).toBe(false)
        const { sessions: consent } = await delegated()
        const by = { actor_type: 'user', actor_id: userId } as const
        await consent.forgetConsent({ now: start, origin, client_id: 'other', by })
        expect(await isDelegated(consent)).toBe(true)
        await consent.forgetConsent({ now: start, origin, client_id: 'web', by })
        expect(await isDelegated(consent)).toBe(false)
      })
    })
  })
}
