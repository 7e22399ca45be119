/**
 * When a key is made, takes over and goes: publish before use, keep after use. Pure, so that a whole rotation
 * is a walk of the clock in a test. A verifier that caches the JWKS for less than `prepublishSeconds` never
 * meets a signature it has no key for.
 */
import { type SigningAlg, signingAlgs } from './algorithms.ts'
import type { SigningKeyRow } from './signing-key-row.ts'

export interface RotationPolicy {
  /** Age at which the current key hands over. */
  readonly rotationSeconds: number
  /** How long the successor is published before it signs. */
  readonly prepublishSeconds: number
  /** How long a retired key stays published: more than the longest token lifetime. */
  readonly retentionSeconds: number
}

export type RotationStep =
  | { readonly step: 'create'; readonly alg: SigningAlg; readonly status: 'current' | 'next' }
  | {
      readonly step: 'promote'
      readonly alg: SigningAlg
      readonly retireKid: string | undefined
      readonly activateKid: string
    }
  | { readonly step: 'remove'; readonly kid: string; readonly alg: SigningAlg }

/**
 * What is due at `now` (milliseconds); nothing depends on when the job last ran.
 * An algorithm without any key gets one that signs at once; there is nobody who could have cached its absence.
 */
export function decideRotation(
  keys: readonly SigningKeyRow[],
  now: number,
  policy: RotationPolicy,
): readonly RotationStep[] {
  return [
    ...signingAlgs.flatMap((alg) => decideSuccession(keys, alg, now, policy)),
    ...keys
      .filter(
        (key) => key.status === 'retired' && elapsedSeconds(key.retired_at, now) >= policy.retentionSeconds,
      )
      .map(({ kid, alg }): RotationStep => ({ step: 'remove', kid, alg })),
  ]
}

function decideSuccession(
  keys: readonly SigningKeyRow[],
  alg: SigningAlg,
  now: number,
  policy: RotationPolicy,
): readonly RotationStep[] {
  const current = keys.find((key) => key.alg === alg && key.status === 'current')
  const next = keys.find((key) => key.alg === alg && key.status === 'next')
  if (next) {
    const published = elapsedSeconds(next.created_at, now) >= policy.prepublishSeconds
    if (current && !published) return []
    return [{ step: 'promote', alg, retireKid: current?.kid, activateKid: next.kid }]
  }
  if (!current) return [{ step: 'create', alg, status: 'current' }]
  const due = policy.rotationSeconds - policy.prepublishSeconds
  return elapsedSeconds(current.activated_at, now) >= due ? [{ step: 'create', alg, status: 'next' }] : []
}

const elapsedSeconds = (since: number | undefined, now: number): number =>
  since === undefined ? Number.POSITIVE_INFINITY : (now - since) / 1000
