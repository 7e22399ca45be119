/** The challenge of this deployment. */
import type { Config } from '../../config.ts'
import type { Clock } from '../../kit/clock.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import { observedFetch } from '../../telemetry/observed-fetch.ts'
import type { Challenge } from './challenge.ts'
import { createProofOfWork } from './proof-of-work.ts'
import { createTurnstile } from './turnstile.ts'

export const openChallenge = ({
  config,
  root,
  now,
}: {
  readonly config: Config
  readonly root: RootSecret
  readonly now: Clock
}): Challenge =>
  config.turnstile
    ? createTurnstile(config.turnstile, new URL(config.issuer).hostname, observedFetch)
    : createProofOfWork(root, now)
