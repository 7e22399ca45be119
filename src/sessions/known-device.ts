/**
 * Browsers in which a user has signed in before. An attacker who fails on purpose elsewhere can cause a lock-out, but
 * not on a known device: there, failures are counted for the device alone (OWASP, "Slow Down Online Guessing Attacks
 * with Device Cookies"). A device proves an earlier sign-in, never the identity of the user.
 */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import { constantTimeEqual } from '../kit/hash.ts'
import type { KnownDevice } from './device-types.ts'
import { rememberFactor } from './remembered-device.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { StoredDevice, SubjectState } from './subject-state.ts'

export interface ForgetDevice {
  readonly now: number
  readonly user_id: string
  readonly device_id: string
  readonly origin: Origin
}

/** More browsers than a user needs; the least recently used one is dropped. */
export const maxDevices = 20
/** Number of guesses that a stolen device cookie allows. */
export const maxDeviceFailures = 10
export const deviceLifetimeSeconds = 90 * 86_400
/** A replaced row is kept until attempts in progress have been recorded. */
const replacedMemoryMs = 60_000

/** When the device becomes unknown if nobody signs in on it (milliseconds since the Unix epoch). */
export const deviceEnd = ({ replaced_at, last_used_at }: StoredDevice): number =>
  replaced_at === undefined ? last_used_at + deviceLifetimeSeconds * 1000 : replaced_at + replacedMemoryMs

/**
 * Whether the holder of `secretHash` is on this device. Each sign-in replaces the device's secret; an attempt in
 * progress at that moment (two tabs, a second click) could not know the new one.
 * @param readAt when the attempt began; milliseconds since the Unix epoch, like `now`
 */
export function isKnown(device: StoredDevice, secretHash: string, readAt: number, now: number): boolean {
  if (!constantTimeEqual(device.secret_hash, secretHash) || now >= deviceEnd(device)) return false
  return device.replaced_at === undefined || readAt <= device.replaced_at
}

export type DeviceDecision =
  | { readonly status: 'accepted' }
  /** Wrong. After the last allowed failure the device is unknown again. */
  | { readonly status: 'refused'; readonly failures: number; readonly isForgotten: boolean }

/** Decides an attempt on a known device. Its failures are counted separately from all others. */
export function decideOnDevice(failuresBefore: number, isRight: boolean): DeviceDecision {
  if (isRight) return { status: 'accepted' }
  const failures = failuresBefore + 1
  return { status: 'refused', failures, isForgotten: failures >= maxDeviceFailures }
}

/** Keeps the count of failures on a device, or forgets it after the last allowed one. */
export function countDeviceFailure(
  state: SubjectState,
  device: StoredDevice,
  { failures, isForgotten }: Extract<DeviceDecision, { readonly status: 'refused' }>,
  { now, origin, user_id }: Omit<DeviceEnding, 'reason'>,
): void {
  if (isForgotten) dropDevice(state, device, { now, origin, user_id, reason: 'too_many_failures' })
  else state.devices.put({ ...device, failures })
}

/** The known device that the browser's cookie proves, if any. */
export function findKnownDevice(
  state: SubjectState,
  input: Pick<SignInAttempt, 'now' | 'read_at' | 'device'>,
): StoredDevice | undefined {
  const { presented } = input.device ?? {}
  const device = presented && state.devices.find(presented.device_id)
  return device && isKnown(device, presented.secret_hash, input.read_at ?? input.now, input.now)
    ? device
    : undefined
}

/**
 * After a sign-in: the browser becomes a known device, under a new id and secret.
 * @returns whether it was not known, while others were
 */
export function rememberDevice(
  state: SubjectState,
  input: SignInAttempt,
  known: StoredDevice | undefined,
): boolean {
  if (!input.device) return false
  const { now, origin, session } = input
  // Already replaced by a parallel sign-in: that one keeps its row, so that the cookies of both responses stay valid.
  if (known && known.replaced_at === undefined) state.devices.put({ ...known, replaced_at: now })
  const devices = state.devices.all()
  for (const device of devices) if (now >= deviceEnd(device)) state.devices.delete(device.device_id)
  forgetOldestBeyondLimit(state, input, devices)
  state.devices.put({
    ...input.device.next,
    session_id: session.session_id,
    known_since: known?.known_since ?? now,
    last_used_at: now,
    failures: 0,
    replaced_at: undefined,
    remembered: input.remember_second_factor
      ? rememberFactor(state, input, input.remember_second_factor)
      : known?.remembered,
    ip: origin.ip,
    user_agent: origin.user_agent,
  })
  return known === undefined && currentDevices(devices, now).length > 0
}

function forgetOldestBeyondLimit(
  state: SubjectState,
  { now, origin, user_id }: SignInAttempt,
  devices: readonly StoredDevice[],
): void {
  const oldestFirst = currentDevices(devices, now).toSorted(
    (left, right) => left.last_used_at - right.last_used_at,
  )
  for (const device of oldestFirst.slice(0, Math.max(0, oldestFirst.length - maxDevices + 1))) {
    dropDevice(state, device, { now, origin, user_id, reason: 'limit' })
  }
}

const currentDevices = (devices: readonly StoredDevice[], now: number): readonly StoredDevice[] =>
  devices.filter((device) => device.replaced_at === undefined && now < deviceEnd(device))

/** Known devices for the account page, most recently used first. */
export const listDevices = (state: SubjectState, { now }: { readonly now: number }): readonly KnownDevice[] =>
  currentDevices(state.devices.all(), now)
    .toSorted((left, right) => right.last_used_at - left.last_used_at)
    .map(({ device_id, session_id, known_since, last_used_at, ip, user_agent }) => ({
      ...{ device_id, session_id, known_since, last_used_at, ip, user_agent },
    }))

/**
 * Removes a device at the user's request.
 * @returns whether there was such a device
 */
export function forgetDevice(state: SubjectState, input: ForgetDevice): boolean {
  const device = state.devices.find(input.device_id)
  if (!device) return false
  dropDevice(state, device, { ...input, reason: 'removed' })
  return true
}

interface DeviceEnding {
  readonly now: number
  readonly origin: Origin
  readonly user_id: string
  readonly reason: 'removed' | 'limit' | 'too_many_failures'
}

/** Removes a device and records it. */
function dropDevice(
  state: SubjectState,
  { device_id }: StoredDevice,
  { now, origin, user_id, reason }: DeviceEnding,
): void {
  state.devices.delete(device_id)
  state.record(
    createEvent('device.forgotten', now, origin, {
      outcome: 'success',
      ...(reason === 'too_many_failures'
        ? { actor_type: 'anonymous' }
        : { actor_type: 'user', actor_id: user_id }),
      user_id,
      data: { reason },
    }),
  )
}
