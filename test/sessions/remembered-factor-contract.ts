/** Signing in where the second factor is remembered; run against the fake and the real object. */
import { describe, expect, it } from 'vitest'
import { policyOf } from '../../src/authentication/sign-in-policy.ts'
import type { RememberedFactor } from '../../src/sessions/remembered-device-types.ts'
import { toSettings } from '../../src/settings/settings.ts'
import { day, deviceProof, login, newPending, newSession, origin, second, start, userId } from './examples.ts'
import type { Subject } from './user-sessions-contract.ts'

const remembered = { remembered_id: 'remembered-1', secret_hash: 'secret of remembered-1' }
const account = {
  password: 'usable',
  passkeys: 0,
  otp: 1,
  recovery_codes: 0,
  required_acr_values: [],
} as const

interface Wish {
  readonly acr_values?: readonly string[]
  readonly scopes?: readonly string[]
  readonly asks_anew?: boolean
  readonly days?: number
}

const policy = ({ acr_values = [], scopes = ['openid'], asks_anew = false, days = 30 }: Wish) =>
  policyOf({
    possible: { passkeys: true, passwords: true },
    settings: toSettings({ 'sign_in.remember_device_days': days }),
    request: { acr_values, essential_acr: [], scopes, asks_anew },
    because: undefined,
  })

/** A person's object, and a way to what is remembered there that is shorter than a sign-in with two factors. */
export interface RememberingSubject extends Subject {
  readonly remember: (deviceId: string, remembered: RememberedFactor) => Promise<void>
}

export function describeRememberedFactor(name: string, open: () => RememberingSubject): void {
  let sequence = 0
  /** A password sign-in of somebody with a one-time password. */
  const signIn = (
    { sessions }: Subject,
    device: { readonly presented?: string; readonly next: string },
    { wish = {}, ...more }: Partial<Parameters<typeof login>[0]> & { readonly wish?: Wish } = {},
  ) => {
    sequence += 1
    const now = start + sequence * second
    return sessions.recordLogin(
      login({
        ...{ now, read_at: now, session: newSession(`session-${sequence}`) },
        pending: newPending(`pending-${sequence}`, { policy: policy(wish), account }),
        device: {
          presented: device.presented === undefined ? undefined : deviceProof(device.presented),
          next: deviceProof(device.next),
        },
        remembered,
        ...more,
      }),
    )
  }
  /** Remembered at `device-1`. */
  const remembering = async (): Promise<Subject> => {
    const subject = open()
    await signIn(subject, { next: 'device-1' }, { pending: newPending() })
    const times = { remembered_at: start, expires_at: start + 30 * day }
    await subject.remember('device-1', { ...remembered, ...times })
    return subject
  }

  describe(`${name}: a remembered second factor`, () => {
    it('is not asked for, and the session is as weak as its first factor', async () => {
      const subject = await remembering()
      const signedIn = await signIn(subject, { presented: 'device-1', next: 'device-2' })
      expect(signedIn).toMatchObject({
        ...{ status: 'signed_in', session: { acr: 'urn:authly:acr:pwd', amr: ['pwd'] } },
      })
      // Authorize learns of it: such a session satisfies no `max_age`.
      const session_id = `session-${sequence}`
      const handle = { session_id, secret_hash: `secret of ${session_id}` }
      expect(
        await subject.sessions.checkSession({ now: start + sequence * second, ...handle }),
      ).toMatchObject({
        session: { second_factor_remembered: true },
      })
    })

    it('is not remembered by a sign-in that has proven none, whatever its form says', async () => {
      const subject = open()
      const remember_second_factor = { ...remembered, days: 30 }
      const more = { pending: newPending(), remember_second_factor }
      expect(await signIn(subject, { next: 'device-1' }, more)).toMatchObject({ status: 'signed_in' })
      expect(await subject.sessions.listRememberedDevices({ now: start })).toEqual([])
    })

    it.each<[string, Wish]>([
      ['a class', { acr_values: ['urn:authly:acr:mfa'] }],
      ['any class', { acr_values: ['urn:authly:acr:pwd'] }],
      ['a recent sign-in', { asks_anew: true }],
      ['an admin scope', { scopes: ['admin:users:read'] }],
      ['nothing, while the setting is off', { days: 0 }],
    ])('is asked for by a request for %s', async (_what, wish) => {
      const subject = await remembering()
      const asked = await signIn(subject, { presented: 'device-1', next: 'device-2' }, { wish })
      expect(asked.status).toBe('pending')
    })

    it.each<[string, (subject: Subject) => Promise<unknown>]>([
      ['the cookie alone', (subject) => signIn(subject, { next: 'device-2' })],
      [
        'the cookie on another known device',
        async (subject) => {
          await signIn(subject, { next: 'of-thief' }, { pending: newPending() })
          return signIn(subject, { presented: 'of-thief', next: 'of-thief-2' })
        },
      ],
      [
        'another secret',
        (subject) =>
          signIn(
            subject,
            { presented: 'device-1', next: 'device-2' },
            { remembered: { ...remembered, secret_hash: 'guess' } },
          ),
      ],
      [
        'the copied pair of cookies, once the owner has signed in',
        async (subject) => {
          await signIn(subject, { presented: 'device-1', next: 'device-2' })
          return signIn(subject, { presented: 'device-1', next: 'of-thief' })
        },
      ],
      [
        'a revoked one',
        async (subject) => {
          const id = { remembered_id: remembered.remembered_id }
          await subject.sessions.forgetRememberedDevice({ now: start, origin, user_id: userId, ...id })
          return signIn(subject, { presented: 'device-1', next: 'device-2' })
        },
      ],
      [
        'one from before a factor changed',
        async (subject) => {
          await subject.sessions.forgetRememberedDevices({ now: start, origin, user_id: userId })
          return signIn(subject, { presented: 'device-1', next: 'device-2' })
        },
      ],
      [
        'one from before everything else was signed out',
        async (subject) => {
          const [kept] = await subject.sessions.listSessions({ now: start + day })
          const ending = { now: start, origin, except_session_id: kept?.session_id }
          await subject.sessions.endAllSessions(ending)
          return signIn(subject, { presented: 'device-1', next: 'device-2' })
        },
      ],
    ])('does not count: %s', async (_what, attempt) => {
      expect(await attempt(await remembering())).toMatchObject({ status: 'pending' })
    })

    it('is listed without its secret, and each end is recorded once', async () => {
      const subject = await remembering()
      const listed = await subject.sessions.listRememberedDevices({ now: start + day })
      expect(listed).toEqual([
        {
          remembered_id: 'remembered-1',
          remembered_at: expect.any(Number),
          expires_at: expect.any(Number),
          ip: origin.ip,
          user_agent: origin.user_agent,
        },
      ])
      const ending = { now: start, origin, user_id: userId }
      await subject.sessions.forgetRememberedDevices(ending)
      await subject.sessions.forgetRememberedDevices(ending)
      expect(await subject.sessions.listRememberedDevices({ now: start + day })).toEqual([])
      const types = (await subject.events()).map(({ type }) => type)
      expect(types.filter((type) => type === 'device.no_longer_remembered')).toHaveLength(1)
    })
  })
}
