/**
 * Browsers in which a person has signed in before. Whoever fails on purpose elsewhere can pause the sign-in of an
 * account, but not on a known device: there, failures are counted for the device alone (OWASP, "Slow Down Online
 * Guessing Attacks with Device Cookies"). What a device proves is an earlier sign-in, never who the person is.
 */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import { constantTimeEqual } from '../kit/hash.ts'
import type { KnownDevice } from './device.ts'
import type { RecordLogin } from './login-attempt.ts'
import type { StoredDevice, SubjectState } from './subject-state.ts'

export interface ForgetDevice {
  readonly now: number
  readonly user_id: string
  readonly device_id: string
  readonly origin: Origin
}

/** More browsers than a person uses; the one not used for longest goes. */
export const maxDevices = 20
/** All that whoever stole a device's cookie can guess with it. */
export const maxDeviceFailures = 10
export const deviceLifetimeSeconds = 90 * 86_400
/** A replaced row is kept until attempts that were under way have been recorded. */
const replacedMemoryMs = 60_000

/** When the device is unknown again if nobody signs in there (milliseconds since the Unix epoch). */
export const deviceEnd = ({ replaced_at, last_used_at }: StoredDevice): number =>
  replaced_at === undefined ? last_used_at + deviceLifetimeSeconds * 1000 : replaced_at + replacedMemoryMs

/**
 * Whether the holder of `secretHash` is on this device. Each sign-in replaces the device's secret; an attempt
 * that was under way at that moment (two tabs, a second click) could not know the new one.
 * @param readAt when the attempt began; milliseconds since the Unix epoch, like `now`
 */
export function isKnown(device: StoredDevice, secretHash: string, readAt: number, now: number): boolean {
  if (!constantTimeEqual(device.secret_hash, secretHash) || now >= deviceEnd(device)) return false
  return device.replaced_at === undefined || readAt <= device.replaced_at
}

export type DeviceDecision =
  | { readonly status: 'accepted' }
  /** Wrong password. At the last failure the device is unknown again. */
  | { readonly status: 'refused'; readonly failures: number; readonly isForgotten: boolean }

/** Decides an attempt on a known device. Nobody else's failures count here, and these count nowhere else. */
export function decideOnDevice(failuresBefore: number, passwordOk: boolean): DeviceDecision {
  if (passwordOk) return { status: 'accepted' }
  const failures = failuresBefore + 1
  return { status: 'refused', failures, isForgotten: failures >= maxDeviceFailures }
}

/** The known device behind what the browser presented, if it is one. */
export function findKnownDevice(state: SubjectState, input: RecordLogin): StoredDevice | undefined {
  const { presented } = input.device ?? {}
  const device = presented && state.devices.find(presented.device_id)
  return device && isKnown(device, presented.secret_hash, input.read_at ?? input.now, input.now)
    ? device
    : undefined
}

/** A person signed in: the browser is known from now on, under a new id and secret. */
export function rememberDevice(
  state: SubjectState,
  input: RecordLogin,
  known: StoredDevice | undefined,
): void {
  if (!input.device) return
  const { now, origin, session } = input
  // Replaced by a parallel sign-in already: that one keeps its row, so that either answer's cookie stays good.
  if (known && known.replaced_at === undefined) state.devices.put({ ...known, replaced_at: now })
  for (const device of state.devices.all())
    if (now >= deviceEnd(device)) state.devices.delete(device.device_id)
  forgetOldestBeyondLimit(state, input)
  state.devices.put({
    ...input.device.next,
    session_id: session.session_id,
    known_since: known?.known_since ?? now,
    last_used_at: now,
    failures: 0,
    replaced_at: undefined,
    ip: origin.ip,
    user_agent: origin.user_agent,
  })
}

function forgetOldestBeyondLimit(state: SubjectState, { now, origin, user_id }: RecordLogin): void {
  const oldestFirst = currentDevices(state, now).toSorted(
    (left, right) => left.last_used_at - right.last_used_at,
  )
  for (const device of oldestFirst.slice(0, Math.max(0, oldestFirst.length - maxDevices + 1))) {
    dropDevice(state, device, { now, origin, user_id, reason: 'limit' })
  }
}

const currentDevices = (state: SubjectState, now: number): readonly StoredDevice[] =>
  state.devices.all().filter((device) => device.replaced_at === undefined && now < deviceEnd(device))

/** Known devices as the account page shows them, the last used one first. */
export const listDevices = (state: SubjectState, { now }: { readonly now: number }): readonly KnownDevice[] =>
  currentDevices(state, now)
    .toSorted((left, right) => right.last_used_at - left.last_used_at)
    .map(({ device_id, session_id, known_since, last_used_at, ip, user_agent }) => ({
      ...{ device_id, session_id, known_since, last_used_at, ip, user_agent },
    }))

/**
 * The person removed a device.
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

/** Forgets a device and records it. */
export function dropDevice(
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
