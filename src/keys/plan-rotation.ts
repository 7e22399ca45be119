/** Manual rotation, and the next scheduled step of a key. Pure, like `decideRotation`, whose steps these are. */
import type { KeyAlg } from './algorithms.ts'
import type { RotationPolicy } from './decide-rotation.ts'
import type { SigningKeyRow } from './signing-key-row.ts'

type KeyFacts = Pick<SigningKeyRow, 'kid' | 'alg' | 'status' | 'created_at' | 'activated_at' | 'retired_at'>

export type RotationPlan =
  /** A successor is published now; the schedule activates it later. */
  | { readonly plan: 'publish_successor' }
  /** The successor signs immediately. `retire`: the key it replaces, if there is one. */
  | { readonly plan: 'switch_to_successor'; readonly activate: string; readonly retire: string | undefined }
  | { readonly plan: 'switch_to_new'; readonly retire: string | undefined }
  /** There already is a successor, and this is not an emergency. */
  | { readonly plan: 'nothing' }

/**
 * What rotating `alg` now does. Keys are published before use except in an emergency: then a key that verifiers
 * may not know yet is better than one that may be compromised.
 */
export function planRotation(keys: readonly KeyFacts[], alg: KeyAlg, emergency: boolean): RotationPlan {
  const current = keys.find((key) => key.alg === alg && key.status === 'current')
  const next = keys.find((key) => key.alg === alg && key.status === 'next')
  if (!current && !next) return { plan: 'switch_to_new', retire: undefined }
  if (!emergency) return next ? { plan: 'nothing' } : { plan: 'publish_successor' }
  return next
    ? { plan: 'switch_to_successor', activate: next.kid, retire: current?.kid }
    : { plan: 'switch_to_new', retire: current?.kid }
}

export interface DueStep {
  readonly step: 'publish_successor' | 'hand_over' | 'take_over' | 'remove'
  /** Milliseconds since the Unix epoch. The job that performs the step runs every few minutes. */
  readonly at: number
}

/** The next scheduled step of `key`, and when it is due. */
export function dueStep(key: KeyFacts, keys: readonly KeyFacts[], policy: RotationPolicy): DueStep {
  if (key.status === 'retired') {
    return { step: 'remove', at: (key.retired_at ?? key.created_at) + policy.retentionSeconds * 1000 }
  }
  const takesOver = (next: KeyFacts) => next.created_at + policy.prepublishSeconds * 1000
  if (key.status === 'next') return { step: 'take_over', at: takesOver(key) }
  const next = keys.find((other) => other.alg === key.alg && other.status === 'next')
  if (next) return { step: 'hand_over', at: takesOver(next) }
  const age = (policy.rotationSeconds - policy.prepublishSeconds) * 1000
  return { step: 'publish_successor', at: (key.activated_at ?? key.created_at) + age }
}
