/**
 * When a key is created, activated, retired and deleted: published before use, kept after use. Pure, so that a
 * test can step the clock through a whole rotation. A verifier that caches the JWKS for less than
 * `prepublishSeconds` never meets a signature it has no key for.
 */
import { type KeyAlg, keyAlgs, standingAlgs } from './algorithms.ts'
import type { SigningKeyRow } from './signing-key-row.ts'

export interface RotationPolicy {
  /** Age at which the current key is replaced. */
  readonly rotationSeconds: number
  /** How long the successor is published before it signs. */
  readonly prepublishSeconds: number
  /** How long a retired key stays published: longer than the longest token lifetime. */
  readonly retentionSeconds: number
}

export type RotationStep =
  | { readonly step: 'create'; readonly alg: KeyAlg; readonly status: 'current' | 'next' }
  | {
      readonly step: 'promote'
      readonly alg: KeyAlg
      readonly retireKid: string | undefined
      readonly activateKid: string
    }
  | { readonly step: 'remove'; readonly kid: string; readonly alg: KeyAlg }

/**
 * The steps due at `now` (milliseconds), regardless of when the job last ran. A standing algorithm without any key
 * gets one that signs immediately: no verifier can have cached a key set for it. Any other has keys from the moment
 * a client wants them (create-keyring.ts), and is rotated from then on.
 */
export function decideRotation(
  keys: readonly SigningKeyRow[],
  now: number,
  policy: RotationPolicy,
): readonly RotationStep[] {
  return [
    ...keyAlgs
      .filter((alg) => isStanding(alg) || keys.some((key) => key.alg === alg && key.status !== 'retired'))
      .flatMap((alg) => decideSuccession(keys, alg, now, policy)),
    ...keys
      .filter(
        (key) => key.status === 'retired' && elapsedSeconds(key.retired_at, now) >= policy.retentionSeconds,
      )
      .map(({ kid, alg }): RotationStep => ({ step: 'remove', kid, alg })),
  ]
}

const isStanding = (alg: KeyAlg): boolean => standingAlgs.some((standing) => standing === alg)

function decideSuccession(
  keys: readonly SigningKeyRow[],
  alg: KeyAlg,
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
