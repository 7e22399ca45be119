/**
 * Browsers at which a person does not want to be asked for the second factor again. Not the known device, which every
 * sign-in makes: this one the person asks for, and it replaces a step. It proves nothing: it adds no method to `amr`
 * and reaches no class, and it counts only on the known device that it was made on.
 */
import { createEvent } from '../audit/create-event.ts'
import type { EventActor, Origin } from '../audit/event.ts'
import { constantTimeEqual } from '../kit/hash.ts'
import type { RememberedDevice, RememberedProof } from './remembered-device-types.ts'
import type { StoredDevice, StoredRememberedDevice, SubjectState } from './subject-state.ts'

/** More browsers than a person needs; the one remembered longest ago is dropped. */
export const maxRememberedDevices = 20
const dayMs = 86_400_000

export type ForgetReason = 'removed' | 'limit' | 'factor_changed'

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
 * Attack: a copied cookie alone is worthless. The browser must be the known device (`device`, already proven) that the
 * cookie was made on, whose own secret every sign-in replaces.
 * @param days what the setting allows now; less than when it was made counts at once
 */
export function isRemembered(
  state: SubjectState,
  input: {
    readonly now: number
    readonly presented: RememberedProof | undefined
    readonly device: StoredDevice | undefined
    readonly days: number
  },
): boolean {
  const { now, presented, device, days } = input
  const stored = presented && device && state.remembered.find(presented.remembered_id)
  if (!stored || !constantTimeEqual(stored.secret_hash, presented.secret_hash)) return false
  return stored.device_since === device.known_since && now < endWithin(stored, days)
}

const endWithin = (stored: StoredRememberedDevice, days: number): number =>
  Math.min(stored.expires_at, stored.remembered_at + days * dayMs)

/**
 * After a sign-in with a second factor, when the person ticked the box.
 * @param deviceSince `known_since` of the browser's known device, which this sign-in made or renewed
 */
export function rememberSecondFactor(
  state: SubjectState,
  input: { readonly now: number; readonly origin: Origin; readonly user_id: string },
  asked: RememberedProof & { readonly days: number },
  deviceSince: number,
): void {
  if (asked.days <= 0) return
  const { now, origin, user_id } = input
  for (const stored of state.remembered.all()) {
    const isReplaced = stored.device_since === deviceSince || now >= stored.expires_at
    if (isReplaced) state.remembered.delete(stored.remembered_id)
  }
  const oldestFirst = state.remembered
    .all()
    .toSorted((left, right) => left.remembered_at - right.remembered_at)
  for (const { remembered_id } of oldestFirst.slice(
    0,
    Math.max(0, oldestFirst.length - maxRememberedDevices + 1),
  )) {
    drop(state, remembered_id, input, 'limit')
  }
  state.remembered.put({
    remembered_id: asked.remembered_id,
    secret_hash: asked.secret_hash,
    device_since: deviceSince,
    remembered_at: now,
    expires_at: now + asked.days * dayMs,
    ip: origin.ip,
    user_agent: origin.user_agent,
  })
  state.record(
    createEvent('device.remembered', now, origin, {
      outcome: 'success',
      actor_type: 'user',
      actor_id: user_id,
      user_id,
      data: { days: asked.days },
    }),
  )
}

/** For the account page and the admin API, the newest first. */
export const listRememberedDevices = (
  state: SubjectState,
  { now }: { readonly now: number },
): readonly RememberedDevice[] =>
  state.remembered
    .all()
    .filter(({ expires_at }) => now < expires_at)
    .toSorted((left, right) => right.remembered_at - left.remembered_at)
    .map(({ remembered_id, remembered_at, expires_at, ip, user_agent }) => ({
      ...{ remembered_id, remembered_at, expires_at, ip, user_agent },
    }))

/** Forgets one. @returns whether there was such a one */
export function forgetRememberedDevice(state: SubjectState, input: ForgetRemembered): boolean {
  if (!state.remembered.find(input.remembered_id)) return false
  drop(state, input.remembered_id, input, 'removed')
  return true
}

/** After a factor was added, changed or removed: whoever remembers an old one is asked again. */
export function forgetRememberedDevices(state: SubjectState, input: Forgetting): void {
  for (const { remembered_id } of state.remembered.all()) drop(state, remembered_id, input, 'factor_changed')
}

function drop(state: SubjectState, rememberedId: string, forgetting: Forgetting, reason: ForgetReason): void {
  const { now, origin, user_id, by } = forgetting
  state.remembered.delete(rememberedId)
  state.record(
    createEvent('device.no_longer_remembered', now, origin, {
      outcome: 'success',
      ...(by ?? { actor_type: 'user', actor_id: user_id }),
      user_id,
      data: { reason },
    }),
  )
}
