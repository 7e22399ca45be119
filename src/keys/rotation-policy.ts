/** The configured rotation schedule. */
import type { Config } from '../config.ts'
import type { RotationPolicy } from './decide-rotation.ts'

export const rotationPolicyOf = (
  config: Pick<Config, 'keyRotationSeconds' | 'keyPrepublishSeconds' | 'keyRetentionSeconds'>,
): RotationPolicy => ({
  rotationSeconds: config.keyRotationSeconds,
  prepublishSeconds: config.keyPrepublishSeconds,
  retentionSeconds: config.keyRetentionSeconds,
})
