import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completePasswordChange } from '../../src/sessions/complete-password-change.ts'
import { endAllSessions } from '../../src/sessions/end-session.ts'
import { findKnownDevice, forgetDevice } from '../../src/sessions/known-device.ts'
import {
  forgetRememberedDevice,
  forgetRememberedDevices,
  isRemembered,
  listRememberedDevices,
} from '../../src/sessions/remembered-device.ts'
import type { RememberedFactor } from '../../src/sessions/remembered-device-types.ts'
import { signIn as beginSignedIn } from '../../src/sessions/sign-in.ts'
import { createFakeUserSessions } from '../fakes/fake-user-sessions.ts'
import { createMemorySubjectState } from '../fakes/memory-subject-state.ts'
import { day, deviceProof, login, newSession, origin, second, start, userId } from './examples.ts'
import { describeRememberedFactor } from './remembered-factor-contract.ts'

const proof = (remembered_id = 'remembered-1') => ({
  remembered_id,
  secret_hash: `secret of ${remembered_id}`,
})

interface Overrides {
  readonly now?: number
  readonly presented?: Parameters<typeof isRemembered>[1]
  readonly days?: number
}

describeRememberedFactor('rules over maps', () => {
  const { sessions, events, state } = createFakeUserSessions()
  const remember = async (deviceId: string, remembered: RememberedFactor) => {
    const device = state.devices.find(deviceId)
    if (device) state.devices.put({ ...device, remembered })
  }
  return { sessions, events: async () => events, remember }
})

/** A person, and a browser on which the second factor is remembered for 30 days. */
function remembering() {
  const { state, events } = createMemorySubjectState()
  let sequence = 0
  /** A sign-in with all that it needs. */
  const signIn = (presented: string | undefined, next: string, more: Parameters<typeof login>[0] = {}) => {
    sequence += 1
    const device = { presented: presented ? deviceProof(presented) : undefined, next: deviceProof(next) }
    const at = start + sequence * second
    const session = newSession(`session-${sequence}`)
    const input = { ...login({ now: at, read_at: at, device, ...more }), session }
    return beginSignedIn(state, input, findKnownDevice(state, input))
  }
  signIn(undefined, 'device-1', { remember_second_factor: { ...proof(), days: 30 } })
  const counts = (device_id: string | undefined = 'device-1', overrides: Overrides = {}) => {
    const { now = start + day, presented, days = 30 } = { presented: proof(), ...overrides }
    const device = device_id === undefined ? undefined : state.devices.find(device_id)
    return isRemembered(device, presented, { now, days })
  }
  return { state, events, signIn, counts }
}

describe('a remembered second factor', () => {
  it('counts on the browser it was made on, and is recorded', () => {
    const { counts, events, state } = remembering()
    expect(counts()).toBe(true)
    expect(events.map(({ type }) => type)).toContain('device.remembered')
    const [listed] = listRememberedDevices(state, { now: start + day })
    expect(listed).toMatchObject({ remembered_id: 'remembered-1', ip: origin.ip })
    expect(listed).not.toHaveProperty('secret_hash')
  })

  it.each([
    ['no cookie', { presented: undefined }],
    ['another secret', { presented: { ...proof(), secret_hash: 'guess' } }],
    ['one that is not known here', { presented: proof('remembered-9') }],
    ['the time is over', { now: start + second + 30 * day }],
    ['the setting became shorter', { days: 1, now: start + second + day }],
    ['the setting was turned off', { days: 0 }],
  ])('does not count: %s', (_what, overrides) => {
    expect(remembering().counts('device-1', overrides)).toBe(false)
  })

  it('does not count by its cookie alone, without the known device', () => {
    const { state } = remembering()
    expect(isRemembered(undefined, proof(), { now: start + day, days: 30 })).toBe(false)
    expect(isRemembered(state.devices.find('device-1'), proof(), { now: start + day, days: 30 })).toBe(true)
  })

  it('does not count on another known device of the same person (a copied cookie)', () => {
    const { counts, signIn } = remembering()
    signIn(undefined, 'device-of-thief')
    expect(counts('device-of-thief')).toBe(false)
    expect(counts()).toBe(true)
  })

  it('follows its browser through later sign-ins, which replace the secret of the device', () => {
    const { counts, signIn } = remembering()
    signIn('device-1', 'device-2')
    signIn('device-2', 'device-3')
    expect(counts('device-3')).toBe(true)
  })

  it.each([
    ['sign-out everywhere', endAllSessions],
    ['a changed password', completePasswordChange],
    ['a changed factor', forgetRememberedDevices],
    ['removal by the person', forgetRememberedDevice],
    ['a forgotten device', forgetDevice],
  ] as const)('ends with %s', (_what, rule) => {
    const { counts, state } = remembering()
    const renewed = { session_id: 'renewed', secret_hash: 'secret of renewed' }
    const input = { now: start + day, origin, user_id: userId, session_id: 'session-1', renewed }
    rule(state, {
      ...{ ...input, except_session_id: 'session-1', remembered_id: 'remembered-1', device_id: 'device-1' },
    } as never)
    expect(counts()).toBe(false)
  })

  it('one browser has one at a time, the last that was asked for', () => {
    const { state, signIn } = remembering()
    signIn('device-1', 'device-2', { remember_second_factor: { ...proof('remembered-2'), days: 30 } })
    const ids = listRememberedDevices(state, { now: start + day }).map((each) => each.remembered_id)
    expect(ids).toEqual(['remembered-2'])
  })

  it('stays with both answers when a browser signs in twice at the same moment', () => {
    const { counts, signIn } = remembering()
    const at = { now: start + 10 * second, read_at: start + 10 * second }
    signIn('device-1', 'device-2', at)
    signIn('device-1', 'device-3', at)
    expect([counts('device-2'), counts('device-3')]).toEqual([true, true])
  })

  it('never counts for longer than asked for or allowed now', () => {
    const { counts } = remembering()
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), (days, after) => {
        const now = start + second + after * day
        expect(counts('device-1', { days, now })).toBe(after < Math.min(days, 30))
      }),
    )
  })
})
