/** One-time passwords, recovery codes and factors that are set up, in the real object. */
import { Secret, TOTP } from 'otpauth'
import { describe, expect, test } from 'vitest'
import { acrMultiFactor } from '../../src/authentication/acr.ts'
import type { SealedGenerator } from '../../src/one-time-passwords/generator.ts'
import { computeCode, importSeed } from '../../src/one-time-passwords/hotp.ts'
import { sealSeed } from '../../src/one-time-passwords/seal-seed.ts'
import { maxDeviceFailures } from '../../src/sessions/known-device.ts'
import { freeFailures } from '../../src/sessions/lock-out.ts'
import { maxStepFailures } from '../../src/sessions/pending-sign-in.ts'
import type { UserSessions } from '../../src/sessions/rules.ts'
import { testDependencies } from '../worker/admin-client.ts'
import {
  accountFactors,
  deviceProof,
  login,
  newPending,
  newSession,
  noDemands,
  origin,
  second,
  start,
  userId,
} from './examples.ts'
import { evictedBeforeEachCall, sessionsOf, waitingEvents } from './object-subject.ts'

const { root } = testDependencies()
const seed = Uint8Array.from(new TextEncoder().encode('12345678901234567890'))
const app = new TOTP({ secret: new Secret({ buffer: seed.buffer }) })
const codeAt = (at: number) => app.generate({ timestamp: at })
const tolerance = { drift_steps: 1, look_ahead: 3 }
/** In the middle of a time step. */
const middle = Math.floor(start / 30_000) * 30_000 + 15_000

async function generatorOf(overrides: Partial<SealedGenerator> = {}): Promise<SealedGenerator> {
  const id = overrides.id ?? crypto.randomUUID()
  const parameters = {
    kind: 'totp',
    algorithm: 'SHA1',
    digits: 6,
    period_seconds: 30,
    counter: null,
  } as const
  return { ...parameters, ...overrides, id, sealed_secret: await sealSeed(root, id, seed) }
}

let sessions = 0
const attemptAt = (now: number) => ({
  now,
  user_id: userId,
  session: newSession(`session-${++sessions}`),
  origin,
})

interface Begin {
  readonly generators: readonly SealedGenerator[]
  readonly pending_id?: string
  readonly now?: number
  readonly recovery_codes?: number
}

/** A sign-in whose password is proven, and what names it. */
async function beginSignIn(object: UserSessions, { generators, now = middle, ...begin }: Begin) {
  const pending_id = begin.pending_id ?? 'pending-1'
  const account = accountFactors({ otp: generators.length, recovery_codes: begin.recovery_codes ?? 0 })
  const pending = newPending(pending_id, { account, otp_seeds: generators })
  const begun = await object.recordLogin(login({ now, pending }))
  expect(begun.status).toBe('pending')
  return { pending_id, secret_hash: pending.secret_hash }
}

const verify = (
  object: UserSessions,
  pending: Awaited<ReturnType<typeof beginSignIn>>,
  code: string,
  now = middle,
) => object.verifyOtp({ ...attemptAt(now), pending, code, tolerance })

const fresh = () => {
  const subject = crypto.randomUUID()
  return { subject, object: sessionsOf(subject) }
}

describe.each([
  ['the object', (subject: string) => sessionsOf(subject)],
  ['the object, evicted before every call', evictedBeforeEachCall],
])('a one-time password in %s', (_, open) => {
  test('completes the sign-in, once', async () => {
    const subject = crypto.randomUUID()
    const object = open(subject)
    const generators = [await generatorOf()]
    const pending = await beginSignIn(object, { generators })
    const answer = await verify(object, pending, codeAt(middle))
    expect(answer).toMatchObject({
      status: 'signed_in',
      session: { acr: acrMultiFactor, amr: ['pwd', 'otp', 'mfa'] },
    })
    expect(await verify(object, pending, codeAt(middle + 30_000))).toEqual({ status: 'lost' })
    const again = await beginSignIn(object, { generators, pending_id: 'pending-2' })
    expect(await verify(object, again, codeAt(middle))).toEqual({ status: 'refused', reason: 'used' })
    expect(await verify(object, again, codeAt(middle - 30_000))).toEqual({
      status: 'refused',
      reason: 'used',
    })
    expect((await waitingEvents(subject)).map(({ type }) => type)).toContain('otp.replayed')
    expect(await verify(object, again, codeAt(middle + 30_000))).toMatchObject({ status: 'signed_in' })
  })
})

describe('a one-time password', () => {
  test('is accepted once of 50 parallel submissions, in one sign-in or in many', async () => {
    const { object } = fresh()
    const generators = [await generatorOf()]
    const pendings: Awaited<ReturnType<typeof beginSignIn>>[] = []
    for (let index = 0; index < 10; index++) {
      pendings.push(await beginSignIn(object, { generators, pending_id: `pending-${index}` }))
    }
    const answers = await Promise.all(
      Array.from({ length: 50 }, (__, index) =>
        verify(object, pendings[index % 10] as (typeof pendings)[number], codeAt(middle)),
      ),
    )
    expect(answers.filter(({ status }) => status === 'signed_in')).toHaveLength(1)
    expect((await object.listSessions({ now: middle })).length).toBe(1)
  })

  test('may be one step early or late, as the setting says, and no more', async () => {
    for (const [offset, status] of [
      [-60_000, 'refused'],
      [-30_000, 'signed_in'],
      [30_000, 'signed_in'],
      [60_000, 'refused'],
    ] as const) {
      const { object } = fresh()
      const pending = await beginSignIn(object, { generators: [await generatorOf()] })
      expect((await verify(object, pending, codeAt(middle + offset))).status, String(offset)).toBe(status)
    }
  })

  test('of another seed, length or sign-in counts as wrong; after five the sign-in starts over', async () => {
    const { subject, object } = fresh()
    const generators = [await generatorOf()]
    const pending = await beginSignIn(object, { generators })
    expect(await verify(object, { ...pending, secret_hash: 'x' }, codeAt(middle))).toEqual({ status: 'lost' })
    expect(await verify(object, pending, `0${codeAt(middle)}`)).toMatchObject({ status: 'refused' })
    for (let failure = 2; failure < maxStepFailures; failure++) {
      expect(await verify(object, pending, '000000')).toEqual({ status: 'refused', reason: 'wrong' })
    }
    expect(await verify(object, pending, '000000')).toEqual({ status: 'lost' })
    expect(await verify(object, pending, codeAt(middle))).toEqual({ status: 'lost' })
    const failures = (await waitingEvents(subject)).filter(({ type }) => type === 'login.failed')
    expect(failures[0]).toMatchObject({ data: { method: 'totp' } })
    const next = await beginSignIn(object, { generators, pending_id: 'pending-2' })
    expect(await verify(object, next, codeAt(middle))).toMatchObject({ status: 'signed_in' })
  })

  test('guessed in one sign-in after another is paused for the account', async () => {
    const { object } = fresh()
    const generators = [await generatorOf()]
    const first = await beginSignIn(object, { generators })
    for (let failure = 0; failure < freeFailures; failure++) await verify(object, first, '000000')
    const next = await beginSignIn(object, { generators, pending_id: 'pending-2' })
    expect(await verify(object, next, '000000')).toMatchObject({ status: 'refused' })
    expect(await verify(object, next, codeAt(middle))).toMatchObject({ status: 'locked' })
    const later = middle + 5 * second
    expect(await verify(object, next, codeAt(later), later)).toMatchObject({ status: 'signed_in' })
  })

  test('is taken on a known device though others guess; ten guesses there and it is unknown', async () => {
    const { object } = fresh()
    const generators = [await generatorOf()]
    await object.recordLogin(login({ device: { presented: undefined, next: deviceProof('device-1') } }))
    const thief = await beginSignIn(object, { generators })
    for (let failure = 0; failure <= freeFailures; failure++) {
      const next = await beginSignIn(object, { generators, pending_id: `guess-${failure}` })
      await verify(object, failure < 4 ? thief : next, '000000')
    }
    let begun = 0
    const onDevice = async (code: string, presented: string, next: string, now = middle) => {
      const pending = await beginSignIn(object, { generators, pending_id: `device-${++begun}` })
      const device = { presented: deviceProof(presented), next: deviceProof(next) }
      return object.verifyOtp({ ...attemptAt(now), pending, code, tolerance, device })
    }
    expect(await onDevice(codeAt(middle), 'device-1', 'device-2')).toMatchObject({ status: 'signed_in' })
    for (let failure = 0; failure < maxDeviceFailures; failure++) {
      expect((await onDevice('000000', 'device-2', 'device-3')).status).toBe('refused')
    }
    const right = codeAt(middle + 30_000)
    expect((await onDevice(right, 'device-2', 'device-3')).status).toBe('locked')
  })

  test('of a sign-in before a change of factors is worth nothing', async () => {
    const { object } = fresh()
    const pending = await beginSignIn(object, { generators: [await generatorOf()] })
    await object.factorsChanged({ now: middle, user_id: userId, origin })
    expect(await verify(object, pending, codeAt(middle))).toEqual({ status: 'lost' })
  })

  test('that confirmed a new generator is used up', async () => {
    const { object } = fresh()
    const generator = await generatorOf()
    const step = Math.floor(middle / 30_000)
    await object.factorsChanged({
      now: middle,
      user_id: userId,
      origin,
      used: { otp_id: generator.id, step },
    })
    const pending = await beginSignIn(object, { generators: [generator] })
    expect(await verify(object, pending, codeAt(middle))).toEqual({ status: 'refused', reason: 'used' })
    expect(await object.listOtpUses()).toEqual([{ otp_id: generator.id, step, used_at: middle }])
  })

  test('of a row whose seed is another row’s opens nothing', async () => {
    const { object } = fresh()
    const generator = { ...(await generatorOf()), id: crypto.randomUUID() }
    const pending = await beginSignIn(object, { generators: [generator] })
    expect(await verify(object, pending, codeAt(middle))).toMatchObject({
      status: 'refused',
      reason: 'wrong',
    })
  })
})

describe('a token with a counter (RFC 4226 §7.4)', () => {
  const codeOf = async (counter: number) => computeCode(await importSeed(seed, 'SHA1'), counter, 6)

  test('may be ahead by the look-ahead; its codes up to the accepted one are used up', async () => {
    const { object } = fresh()
    const generators = [await generatorOf({ kind: 'hotp', period_seconds: null, counter: 5 })]
    const pending = await beginSignIn(object, { generators })
    expect(await verify(object, pending, await codeOf(4))).toMatchObject({ status: 'refused' })
    expect(await verify(object, pending, await codeOf(9))).toMatchObject({ status: 'refused' })
    const answer = await verify(object, pending, await codeOf(7))
    expect(answer).toMatchObject({
      status: 'signed_in',
      spent: { otp_id: generators[0]?.id, counter: 7 },
    })
    // The seed still says 5, as Postgres does until it is told.
    const next = await beginSignIn(object, { generators, pending_id: 'pending-2' })
    for (const counter of [5, 6, 7]) {
      expect(await verify(object, next, await codeOf(counter))).toMatchObject({ status: 'refused' })
    }
    expect(await verify(object, next, await codeOf(11))).toMatchObject({ status: 'signed_in' })
  })
})

describe('a recovery code', () => {
  test('completes the sign-in with an event; a wrong one counts, and after five the sign-in starts over', async () => {
    const { subject, object } = fresh()
    const generators = [await generatorOf()]
    const begin = { generators, recovery_codes: 10 }
    const pending = await beginSignIn(object, begin)
    const take = (named: typeof pending, unused: number | undefined) =>
      object.takeRecoveryCode({ ...attemptAt(middle), pending: named, unused })
    expect(await take(pending, undefined)).toEqual({ status: 'refused' })
    expect(await take(pending, 9)).toMatchObject({
      status: 'signed_in',
      session: { acr: acrMultiFactor, amr: ['pwd', 'otp', 'mfa'] },
    })
    expect(await waitingEvents(subject)).toContainEqual(
      expect.objectContaining({ type: 'recovery_code.used', data: { unused: 9 } }),
    )
    const next = await beginSignIn(object, { ...begin, pending_id: 'pending-2' })
    for (let failure = 1; failure < maxStepFailures; failure++) await take(next, undefined)
    expect(await take(next, undefined)).toEqual({ status: 'lost' })
    expect(await take(next, 8)).toEqual({ status: 'lost' })
  })
})

describe('a factor that is set up during a sign-in', () => {
  const required = { ...noDemands, second_factor: 'required' } as const

  const beginWithout = async (object: UserSessions, account = accountFactors()) => {
    const pending = newPending(undefined, { policy: required, account })
    expect((await object.recordLogin(login({ now: middle, pending }))).status).toBe('pending')
    return { pending_id: pending.pending_id, secret_hash: pending.secret_hash }
  }
  const setUp = (object: UserSessions, pending: Awaited<ReturnType<typeof beginWithout>>) =>
    object.setUpFactor({ ...attemptAt(middle), pending, used: { otp_id: 'otp-1', step: 7 } })

  test('completes it: a code of it was entered', async () => {
    const { object } = fresh()
    const pending = await beginWithout(object)
    expect(await setUp(object, pending)).toMatchObject({
      status: 'signed_in',
      session: { acr: acrMultiFactor, amr: ['pwd', 'otp', 'mfa'] },
    })
    expect(await setUp(object, pending)).toEqual({ status: 'lost' })
    expect(await object.listOtpUses()).toMatchObject([{ otp_id: 'otp-1', step: 7 }])
  })

  const passkey = {
    ...{ credential_id: 'key-1', rp_id: 'auth.test', public_key: 'AAAA', sign_count: 0 },
    ...{ backup_eligible: false, backed_up: false },
  }
  const setUpPasskey = (object: UserSessions, pending: Awaited<ReturnType<typeof beginWithout>>) =>
    object.setUpPasskey({ ...attemptAt(middle), pending, passkey, user_verified: true })

  test('completes it: a passkey was made, which the session ends with', async () => {
    const { object } = fresh()
    const pending = await beginWithout(object)
    await beginSignIn(object, { generators: [await generatorOf()], pending_id: 'another' })
    expect(await setUpPasskey(object, pending)).toMatchObject({
      status: 'signed_in',
      session: { acr: 'phrh', amr: ['pwd', 'hwk', 'user', 'mfa'] },
    })
    expect(await object.listPendingSignIns({ now: middle })).toEqual([])
    expect(await setUpPasskey(object, pending)).toEqual({ status: 'lost' })
    const taken = { now: middle, user_id: userId, credential_ids: ['key-1'], origin }
    await object.refusePasskeys(taken)
    expect(await object.listSessions({ now: middle })).toEqual([])
  })

  test('ends the other sign-ins in progress even where its own is over', async () => {
    const { object } = fresh()
    const pending = await beginWithout(object)
    expect(await setUpPasskey(object, { ...pending, secret_hash: 'another' })).toEqual({ status: 'lost' })
    expect(await object.listPendingSignIns({ now: middle })).toEqual([])
  })

  test('replaces no factor that the account has: who knows the password alone would add their own', async () => {
    for (const account of [accountFactors({ otp: 1 }), accountFactors({ passkeys: 1 })]) {
      const { object } = fresh()
      const pending = await beginWithout(object, account)
      expect(await setUp(object, pending)).toEqual({ status: 'lost' })
      expect(await setUpPasskey(object, pending)).toEqual({ status: 'lost' })
      expect(await object.listSessions({ now: middle })).toEqual([])
    }
  })
})
