import { describe, expect, it } from 'vitest'
import {
  decideOnDevice,
  deviceEnd,
  deviceLifetimeSeconds,
  isKnown,
  maxDeviceFailures,
} from '../../src/sessions/known-device.ts'
import { recordLogin } from '../../src/sessions/record-login.ts'
import type { StoredDevice } from '../../src/sessions/subject-state.ts'
import { createMemorySubjectState } from '../fakes/memory-subject-state.ts'
import { day, deviceProof, hour, login, newSession, second, start } from './examples.ts'

const device = (overrides: Partial<StoredDevice> = {}): StoredDevice => ({
  ...{ device_id: 'device-1', secret_hash: 'secret', session_id: 'session-1' },
  ...{ known_since: start, last_used_at: start, failures: 0, replaced_at: undefined, remembered: undefined },
  ...{ ip: undefined, user_agent: undefined },
  ...overrides,
})

describe('decideOnDevice', () => {
  it.each([
    [0, true, { status: 'accepted' }],
    [9, true, { status: 'accepted' }],
    [0, false, { status: 'refused', failures: 1, isForgotten: false }],
    [8, false, { status: 'refused', failures: 9, isForgotten: false }],
    [9, false, { status: 'refused', failures: 10, isForgotten: true }],
  ])('after %i failures, right password %s', (failures, passwordOk, decision) => {
    expect(decideOnDevice(failures, passwordOk)).toEqual(decision)
  })
})

describe('isKnown', () => {
  it.each([
    ['with its secret', {}, 'secret', start, true],
    ['with another secret', {}, 'guess', start, false],
    ['until 90 days after the last sign-in', {}, 'secret', start + 90 * day - 1, true],
    ['no more after 90 days', {}, 'secret', start + 90 * day, false],
  ])('%s', (_, overrides, secret, now, known) => {
    expect(isKnown(device(overrides), secret, now, now)).toBe(known)
  })

  it.each([
    ['that began before the replacement counts', start + hour, true],
    ['that began after it does not', start + hour + 1, false],
  ])('an attempt with the replaced secret %s', (_, readAt, known) => {
    const replaced = device({ replaced_at: start + hour })
    expect(isKnown(replaced, 'secret', readAt, start + hour + second)).toBe(known)
    expect(isKnown(replaced, 'secret', readAt, deviceEnd(replaced))).toBe(false)
  })
})

it('lives for 90 days', () => {
  expect(deviceLifetimeSeconds).toBe(90 * 86_400)
  expect(deviceEnd(device())).toBe(start + 90 * day)
})

describe('somebody who fails on purpose for four weeks, each time the moment the lock ends', () => {
  it('never keeps the owner out on a known device, though everybody else is kept out', () => {
    const { state } = createMemorySubjectState()
    let sequence = 0
    let now = start
    const signIn = (passwordOk: boolean, presented?: string) => {
      sequence += 1
      const next = deviceProof(`device-${sequence}`)
      return recordLogin(
        state,
        login({
          ...{ now, read_at: now, password_ok: passwordOk, session: newSession(`session-${sequence}`) },
          device: { presented: presented ? deviceProof(presented) : undefined, next },
        }),
      ).status
    }
    expect(signIn(true)).toBe('signed_in')
    let known = `device-${sequence}`
    let nextGuess = now
    let requests = 0
    const owners: string[] = []
    const elsewhere: string[] = []
    for (; now < start + 28 * day; now += second * 20) {
      while (now >= nextGuess) {
        requests += 1
        const guess = recordLogin(state, login({ now, read_at: now, password_ok: false }))
        nextGuess =
          guess.status === 'locked'
            ? now + guess.retry_after_seconds * second
            : Math.max(now + 1, state.attempts.find(login().identifier_hash)?.locked_until ?? 0)
      }
      if (now > start + hour && (now - start) % (30 * 60 * second) === 0) {
        owners.push(signIn(true, known))
        known = `device-${sequence}`
        elsewhere.push(signIn(true))
      }
    }
    expect(requests).toBeGreaterThan(2000)
    expect(owners.length).toBeGreaterThan(1000)
    expect(new Set(owners)).toEqual(new Set(['signed_in']))
    expect(new Set(elsewhere)).toEqual(new Set(['locked']))
  })
})

it('a stolen device cookie is worth ten guesses in a row, however many come at once', () => {
  const { state } = createMemorySubjectState()
  recordLogin(state, login({ device: { presented: undefined, next: deviceProof('device-1') } }))
  // The account is under attack: off the device, nothing is even looked at.
  for (let failure = 0; failure < 12; failure++) {
    recordLogin(state, login({ now: start + failure * hour, password_ok: false }))
  }
  const now = start + 11 * hour + second
  const device = { presented: deviceProof('device-1'), next: deviceProof('device-2') }
  const outcomes = Array.from(
    { length: 40 },
    (_, index) => recordLogin(state, login({ now, password_ok: index >= maxDeviceFailures, device })).status,
  )
  expect(outcomes.filter((status) => status === 'refused')).toHaveLength(maxDeviceFailures)
  expect(outcomes.slice(maxDeviceFailures)).toEqual(Array(30).fill('locked'))
})
