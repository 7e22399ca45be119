/**
 * Browsers at which a person does not want to be asked for the second factor again. Not the known device, which every
 * sign-in makes: this the person asks for, and it replaces a step. It proves nothing: it adds no method to `amr` and
 * reaches no class. It is a part of the known device that it was made on, and ends with it.
 */
import { createEvent } from '../audit/create-event.ts'
import type { EventActor, Origin } from '../audit/event.ts'
import { constantTimeEqual } from '../kit/hash.ts'
import type { RememberedDevice, RememberedFactor, RememberedProof } from './remembered-device-types.ts'
import type { StoredDevice, SubjectState } from './subject-state.ts'

const dayMs = 86_400_000

interface Forgetting {
  readonly now: number
  readonly origin: Origin
  readonly user_id: string
  readonly by?: EventActor | undefined
}

export interface ForgetRemembered extends Forgetting {
  readonly remembered_id: string
}

/**
 * Whether the second factor is remembered at this browser.
 * Attack: a copied cookie alone is worthless. The browser must be the known device that the cookie was made on, whose
 * own secret every sign-in replaces.
 * @param device already proven (`findKnownDevice`)
 * @param days what the setting allows now; less than when it was made counts at once
 */
export function isRemembered(
  device: StoredDevice | undefined,
  presented: RememberedProof | undefined,
  { now, days }: { readonly now: number; readonly days: number },
): boolean {
  const stored = device?.remembered
  if (!stored || stored.remembered_id !== presented?.remembered_id) return false
  if (!constantTimeEqual(stored.secret_hash, presented.secret_hash)) return false
  return now < Math.min(stored.expires_at, stored.remembered_at + days * dayMs)
}

/** What the browser's device stores when the person ticked the box, after the second factor. Records it. */
export function rememberFactor(
  state: SubjectState,
  input: { readonly now: number; readonly origin: Origin; readonly user_id: string },
  { remembered_id, secret_hash, days }: RememberedProof & { readonly days: number },
): RememberedFactor {
  const { now, origin, user_id } = input
  state.record(
    createEvent('device.remembered', now, origin, {
      outcome: 'success',
      actor_type: 'user',
      actor_id: user_id,
      user_id,
      data: { days },
    }),
  )
  return { remembered_id, secret_hash, remembered_at: now, expires_at: now + days * dayMs }
}

/** For the account page and the admin API, the newest first. */
export function listRememberedDevices(
  state: SubjectState,
  { now }: { readonly now: number },
): readonly RememberedDevice[] {
  const listed = state.devices.all().flatMap(({ remembered, replaced_at, ip, user_agent }) => {
    if (!remembered || replaced_at !== undefined || now >= remembered.expires_at) return []
    const { remembered_id, remembered_at, expires_at } = remembered
    return [{ remembered_id, remembered_at, expires_at, ip, user_agent }]
  })
  return listed.toSorted((left, right) => right.remembered_at - left.remembered_at)
}

/** Forgets one. @returns whether there was such a one */
export function forgetRememberedDevice(state: SubjectState, input: ForgetRemembered): boolean {
  return forget(state, input, 'removed', (remembered) => remembered.remembered_id === input.remembered_id)
}

/** Every browser is asked again; by default because a factor was added, changed or removed. */
export function forgetRememberedDevices(
  state: SubjectState,
  input: Forgetting & { readonly reason?: 'removed' },
): void {
  forget(state, input, input.reason ?? 'factor_changed', () => true)
}

/** One event for each, though a device that was just replaced has a second row for a minute. */
function forget(
  state: SubjectState,
  { now, origin, user_id, by }: Forgetting,
  reason: 'removed' | 'factor_changed',
  isMeant: (remembered: RememberedFactor) => boolean,
): boolean {
  const forgotten = new Set<string>()
  for (const device of state.devices.all()) {
    if (!device.remembered || !isMeant(device.remembered)) continue
    state.devices.forgetFactor(device.device_id)
    forgotten.add(device.remembered.remembered_id)
  }
  for (const _ of forgotten) {
    state.record(
      createEvent('device.no_longer_remembered', now, origin, {
        outcome: 'success',
        ...(by ?? { actor_type: 'user', actor_id: user_id }),
        user_id,
        data: { reason },
      }),
    )
  }
  return forgotten.size > 0
}
