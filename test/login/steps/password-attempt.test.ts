import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { AuditEvent } from '../../../src/audit/event.ts'
import { randomToken } from '../../../src/kit/ids.ts'
import { createRootSecret } from '../../../src/kit/root-secret.ts'
import { attemptPassword } from '../../../src/login/steps/password-attempt.ts'
import type { StepAttempt, StepNeeds, StepOutcome } from '../../../src/login/steps/step.ts'
import { parseParameters } from '../../../src/protocol/parameters.ts'
import type { RateLimitDecision } from '../../../src/rate-limits/rate-limiter.ts'
import { toSettings } from '../../../src/settings/settings.ts'
import type { UserWithPassword } from '../../../src/users/user.ts'
import { createFakeSessionsOf } from '../../fakes/fake-user-sessions.ts'
import { newPending, noDemands } from '../../sessions/examples.ts'

const origin = { ip: '203.0.113.1', user_agent: 'test', request_id: 'r' }
const now = 1_800_000_000_000

interface Found {
  readonly user: UserWithPassword['user']
  readonly password: { readonly hash: string; readonly must_change: boolean } | undefined
}
const factors = {
  password: 'usable',
  passkeys: 0,
  otp: 0,
  recovery_codes: 0,
  required_acr_values: [],
} as const

/** What is stored of a password that nobody has looked up. */
const unknownBreach = { is_breached: false, is_breach_check_due: false } as const

const factorsOf = ({ password }: Found) =>
  password?.must_change ? ({ ...factors, password: 'must_change' } as const) : factors

const user = (more: Partial<UserWithPassword['user']> = {}): UserWithPassword['user'] => ({
  ...{
    id: 'user-1',
    version: 1,
    username: 'ada',
    email: 'ada@example.test',
    email_verified: true,
    roles: [],
    profile: {},
  },
  ...{ phone_number: undefined, phone_number_verified: false, status: 'active', version: 1, updated_at: 0 },
  ...more,
})

type UnknownLogin = Awaited<ReturnType<StepNeeds['rateLimiter']['recordUnknownLogin']>>
const refused: UnknownLogin = { status: 'refused' }

/** Ports that count: what the operation costs in Durable Object calls, queries and hashes. */
function createNeeds(found: Found | undefined, allowed = true, unknown: UnknownLogin = refused) {
  const calls = { object: 0, query: 0, hash: 0, sessionsOf: [] as string[], taken: [] as string[][] }
  const turns = { free: true, running: 0, given: [] as string[], back: [] as string[] }
  const fakes = createFakeSessionsOf()
  const decision = { allowed, policy: 'login-ip', limit: 30, windowSeconds: 300 } as RateLimitDecision
  const ports: Omit<
    StepNeeds,
    | 'config'
    | 'findCurrentPassword'
    | 'storePassword'
    | 'passkeyStore'
    | 'destinationOf'
    | 'verifyEmail'
    | 'findUser'
    | 'findUserForStepUp'
    | 'readSettings'
    | 'readPasswordRules'
    | 'openOtpStore'
    | 'openOwnAccount'
    | 'openRecoveryStore'
    | 'queueMessage'
    | 'openOwnAccount'
    | 'notify'
  > = {
    root: createRootSecret(randomToken()),
    now: () => now,
    rateLimiter: {
      take: async (policy, subject) => {
        calls.object++
        calls.taken.push([policy, subject])
        return { ...decision, remaining: 1, retryAfterSeconds: allowed ? 0 : 9 }
      },
      recordUnknownLogin: async () => {
        calls.object++
        return unknown
      },
      giveBack: async ({ policy }) => {
        expect(turns.running).toBe(1)
        turns.back.push(policy)
      },
      isSpent: () => false,
    },
    hashSlots: {
      take: async (subject) => {
        if (!turns.free) return undefined
        turns.running += 1
        turns.given.push(subject)
        return () => {
          turns.running -= 1
        }
      },
    },
    findUserForLogin: async () => {
      calls.query++
      const password = found?.password && { ...found.password, is_breach_check_due: isBreachCheckDue }
      const person = found && { ...found, password, factors: factorsOf(found), otp_seeds: [] }
      return { person, hasForeignHashes }
    },
    passwordHasher: {
      hash: async (typed) => `new:${typed}`,
      verify: async (typed, phc) => {
        calls.hash++
        return phc === `hash:${typed}` || phc === `old:${typed}`
      },
      needsRehash: (phc) => phc.startsWith('old:'),
    },
    renewPasswordHash: async (input) => {
      renewed.push(input)
    },
    sessionsOf: (subject) => {
      calls.object++
      calls.sessionsOf.push(subject)
      return fakes.sessionsOf(subject)
    },
    recordEvent: (event) => recorded.push(event),
    checkForBreach: (checked) => {
      checks.push(checked)
    },
  }
  const config = { sessionIdleTtlSeconds: 60, sessionAbsoluteTtlSeconds: 600 }
  const needs = { ...ports, config } as unknown as StepNeeds
  return { needs, calls, fakes, turns }
}

let hasForeignHashes = false
let renewed: unknown[] = []
let recorded: AuditEvent[] = []
let checks: unknown[] = []
let isBreachCheckDue = true
beforeEach(() => {
  hasForeignHashes = false
  renewed = []
  recorded = []
  checks = []
  isBreachCheckDue = true
})

interface Typed {
  readonly identifier: string
  readonly typed: string
  readonly attempt: StepAttempt
}

const attempt = (typed: string, previous?: { user_id: string; session_id: string }): Typed => ({
  identifier: ' ADA@example.test',
  typed,
  attempt: {
    form: emptyForm,
    progress: { browser: 'b', expires_at: now + 1000, next: 'account', challenge: 'c' },
    pending: undefined,
    policy: noDemands,
    settings: toSettings({}),
    browser: { previous, devices: [], remembered: [], put_off: [] },
    signals: newPending().signals,
    session: undefined,
    origin,
  },
})

const emptyForm = parsed('')
function parsed(text: string) {
  const form = parseParameters(text)
  if (!form.ok) throw new Error(form.error)
  return form.value
}

/** The same in a browser that shows the device of an earlier sign-in. */
const onDevice = (typed: Typed, { handles: { device } }: SignedIn): Typed => ({
  ...typed,
  attempt: { ...typed.attempt, browser: { ...typed.attempt.browser, devices: [device] } },
})

const password = {
  attempt: (needs: StepNeeds, { identifier, typed, attempt: each }: Typed) =>
    attemptPassword(needs, each, identifier, typed),
}

type SignedIn = Extract<StepOutcome, { status: 'done' }>

describe('password sign-in costs at most two object calls and one query (design, I/O budget)', () => {
  test.each<[string, Found | undefined, string, string]>([
    [
      'right',
      { user: user(), password: { hash: 'hash:pw', must_change: false, ...unknownBreach } },
      'pw',
      'done',
    ],
    [
      'wrong',
      { user: user(), password: { hash: 'hash:pw', must_change: false, ...unknownBreach } },
      'no',
      'refused',
    ],
    [
      'disabled account',
      { user: user({ status: 'disabled' }), password: { hash: 'hash:pw', must_change: false } },
      'pw',
      'refused',
    ],
    ['account without password', { user: user(), password: undefined }, 'pw', 'refused'],
    ['unknown account', undefined, 'pw', 'refused'],
  ])('%s: the same work, whatever the answer', async (_, found, typed, status) => {
    const { needs, calls } = createNeeds(found)
    const outcome = await password.attempt(needs, attempt(typed))
    expect(outcome.status).toBe(status)
    expect(calls).toMatchObject({ object: 2, query: 1, hash: 1 })
  })

  test('while imported hashes are left, every refusal takes as long as the slowest of them', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const turns = async (count: number) => {
      for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    try {
      hasForeignHashes = true
      const known = { user: user(), password: { hash: 'old:pw', must_change: false } }
      for (const person of [known, undefined, { ...known, user: user({ status: 'disabled' }) }]) {
        let answered = false
        const attempted = password.attempt(createNeeds(person).needs, attempt('wrong'))
        void attempted.then(() => {
          answered = true
        })
        while (vi.getTimerCount() === 0) await turns(1)
        vi.advanceTimersByTime(1999)
        await turns(50)
        expect(answered).toBe(false)
        vi.advanceTimersByTime(1)
        expect((await attempted).status).toBe('refused')
      }
      // What is right answers at once: that it is right is told anyway.
      expect((await password.attempt(createNeeds(known).needs, attempt('pw'))).status).toBe('done')
    } finally {
      vi.useRealTimers()
    }
  })

  test('an address over its limit costs one object call and no hash', async () => {
    const { needs, calls } = createNeeds(undefined, false)
    expect(await password.attempt(needs, attempt('pw'))).toMatchObject({ status: 'limited' })
    expect(calls).toMatchObject({ object: 1, query: 0, hash: 0 })
  })
})

describe('an office behind one address', () => {
  const found = { user: user(), password: { hash: 'hash:pw', must_change: false } }

  test('gets the permit of a right password back, before the turn ends', async () => {
    const { needs, turns } = createNeeds(found)
    const outcome = await password.attempt(needs, attempt('pw'))
    if (outcome.status !== 'done') throw new Error('not signed in')
    expect(turns.running).toBe(1)
    await Promise.all(outcome.afterwards)
    expect(turns).toMatchObject({ running: 0, back: ['login-ip'] })
  })

  test.each<[string, Found | undefined, string]>([
    ['a wrong password', found, 'no'],
    ['a disabled account', { ...found, user: user({ status: 'disabled' }) }, 'pw'],
    ['an unknown account', undefined, 'pw'],
  ])('pays for %s', async (_, person, typed) => {
    const { needs, turns } = createNeeds(person)
    expect((await password.attempt(needs, attempt(typed))).status).toBe('refused')
    expect(turns).toMatchObject({ running: 0, back: [] })
  })

  test('pays for a locked account, whatever the password', async () => {
    const { needs, turns } = createNeeds(found)
    for (let failure = 0; failure < 6; failure++) await password.attempt(needs, attempt('no'))
    expect((await password.attempt(needs, attempt('pw'))).status).toBe('locked')
    expect(turns.back).toEqual([])
  })

  test('waits its turn; without one nothing is tried or counted', async () => {
    const { needs, calls, turns } = createNeeds(found)
    turns.free = false
    const outcome = await password.attempt(needs, attempt('pw'))
    expect(outcome).toEqual({ status: 'busy', retryAfterSeconds: 5 })
    expect(calls).toMatchObject({ object: 0, query: 0, hash: 0 })
  })

  test('shares its turns by network, known devices those of their account', async () => {
    const { needs, turns } = createNeeds(found)
    const from = (ip: string): Typed => {
      const typed = attempt('pw')
      return { ...typed, attempt: { ...typed.attempt, origin: { ...origin, ip } } }
    }
    const first = await password.attempt(needs, from('2001:db8:1:2:3::4'))
    await password.attempt(needs, from('2001:db8:1:2:ffff::1'))
    if (first.status !== 'done') throw new Error('not signed in')
    await password.attempt(needs, onDevice(attempt('pw'), first))
    expect(turns.given).toEqual([
      '2001:db8:1:2::/64',
      '2001:db8:1:2::/64',
      first.handles.device.routing.user_id,
    ])
  })

  test('loses no turn to an error', async () => {
    const { needs, turns } = createNeeds(found)
    const away = { ...needs, findUserForLogin: () => Promise.reject(new Error('away')) }
    await expect(password.attempt(away, attempt('pw'))).rejects.toThrow('away')
    expect(turns.running).toBe(0)
  })
})

describe('whose attempts are counted', () => {
  const found = { user: user(), password: { hash: 'hash:pw', must_change: false } }

  test('those of the address, in a browser that shows nothing', async () => {
    const { needs, calls } = createNeeds(found)
    await password.attempt(needs, attempt('no'))
    expect(calls.taken).toEqual([['login-ip', origin.ip]])
  })

  test.each(['ada', 'ADA@example.test'])('those of the device, where %s signed in before', async (name) => {
    const { needs, calls } = createNeeds(found)
    const first = await password.attempt(needs, attempt('pw'))
    if (first.status !== 'done') throw new Error('not signed in')
    const again = onDevice({ ...attempt('pw'), identifier: name }, first)
    expect((await password.attempt(needs, again)).status).toBe('done')
    expect(calls.taken[1]).toEqual(['login-device', first.handles.device.routing.device_id])
    expect(calls).toMatchObject({ object: 4, query: 2, hash: 2 })
  })

  test('those of the address, for every account but the device’s own', async () => {
    const { needs, calls } = createNeeds(found)
    const first = await password.attempt(needs, attempt('pw'))
    if (first.status !== 'done') throw new Error('not signed in')
    await password.attempt(needs, onDevice({ ...attempt('pw'), identifier: 'grace' }, first))
    expect(calls.taken[1]).toEqual(['login-ip', origin.ip])
  })
})

describe('the trail of failures for an identifier nobody owns', () => {
  test.each<[UnknownLogin, string, Record<string, unknown>]>([
    [refused, 'login.failed', { method: 'password' }],
    [
      { status: 'locked', retry_after_seconds: 4 },
      'login.locked',
      { method: 'password', retry_after_seconds: 4 },
    ],
  ])('%o is recorded without naming what was typed', async (settled, type, data) => {
    const { needs } = createNeeds(undefined, true, settled)
    await password.attempt(needs, attempt('typed-secret'))
    expect(recorded).toMatchObject([{ type, outcome: 'failure', actor_type: 'anonymous', data, ...origin }])
    expect(recorded[0]?.user_id).toBeUndefined()
    expect(JSON.stringify(recorded)).not.toMatch(/ada@example|typed-secret/i)
  })

  test('is not written for known accounts: their own object has it', async () => {
    const { needs } = createNeeds({ user: user(), password: { hash: 'hash:pw', must_change: false } })
    await password.attempt(needs, attempt('wrong'))
    expect(recorded).toEqual([])
  })
})

describe('the session of a password sign-in', () => {
  const found: Found = { user: user(), password: { hash: 'hash:pw', must_change: false, ...unknownBreach } }

  test('is new and states how the person signed in', async () => {
    const { needs } = createNeeds(found)
    const outcome = await password.attempt(needs, attempt('pw'))
    expect(outcome).toMatchObject({
      status: 'done',
      advanced: {
        status: 'signed_in',
        session: { user_id: 'user-1', auth_time: now, acr: 'urn:authly:acr:pwd', amr: ['pwd'] },
      },
    })
  })

  test('does not begin before a due password change', async () => {
    const { needs, fakes } = createNeeds({
      ...found,
      password: { hash: 'hash:pw', must_change: true, ...unknownBreach },
    })
    const outcome = await password.attempt(needs, attempt('pw'))
    expect(outcome).toMatchObject({ status: 'done', advanced: { status: 'pending' } })
    expect(await fakes.sessionsOf('user-1').listSessions({ now })).toEqual([])
  })

  test('replaces the same person’s session on this browser in the same call', async () => {
    const { needs, calls, fakes } = createNeeds(found)
    const first = await password.attempt(needs, attempt('pw'))
    if (first.status !== 'done') throw new Error('not signed in')
    if (first.advanced.status !== 'signed_in') throw new Error('not signed in')
    const { session_id } = first.advanced.session
    await password.attempt(needs, attempt('pw', { user_id: 'user-1', session_id }))
    expect(calls.object).toBe(4)
    const left = await fakes.sessionsOf('user-1').listSessions({ now })
    expect(left.map((session) => session.session_id)).not.toContain(session_id)
  })

  test('ends another person’s session on this browser after the response', async () => {
    const { needs, calls } = createNeeds(found)
    const outcome = await password.attempt(needs, attempt('pw', { user_id: 'other', session_id: 's' }))
    expect(outcome).toMatchObject({ status: 'done', afterwards: [expect.any(Promise)] })
    expect(calls.sessionsOf).toEqual(['user-1', 'other'])
  })

  test('a hash with other costs than today’s is renewed after the response, and only then', async () => {
    const old = createNeeds({ user: user(), password: { hash: 'old:pw', must_change: false } })
    expect(await password.attempt(old.needs, attempt('wrong'))).toMatchObject({ status: 'refused' })
    expect(renewed).toEqual([])
    const outcome = await password.attempt(old.needs, attempt('pw'))
    if (outcome.status !== 'done') throw new Error('not signed in')
    await Promise.all(outcome.afterwards)
    expect(renewed).toEqual([{ userId: 'user-1', replacesHash: 'old:pw', newHash: 'new:pw' }])
  })
})

describe('the look-up of breached passwords', () => {
  const ours = { hash: 'hash:pw', must_change: false }
  test.each<[string, Found['password'], string, boolean, string | undefined]>([
    ['due', ours, 'pw', true, 'hash:pw'],
    ['due, the hash renewed', { hash: 'old:pw', must_change: false }, 'pw', true, 'new:pw'],
    ['not due', ours, 'pw', false, undefined],
    ['a wrong password', ours, 'no', true, undefined],
    ['one that must be changed anyway', { hash: 'hash:pw', must_change: true }, 'pw', true, undefined],
  ])('%s', async (_, stored, typed, isDue, expected) => {
    isBreachCheckDue = isDue
    const { needs } = createNeeds({ user: user(), password: stored })
    const outcome = await password.attempt(needs, attempt(typed))
    if (outcome.status === 'done') await Promise.all(outcome.afterwards)
    const checked = { userId: 'user-1', password: typed, hash: expected, origin }
    expect(checks).toEqual(expected === undefined ? [] : [checked])
  })
})
