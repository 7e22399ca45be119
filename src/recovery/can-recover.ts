/** Whether people whose password is gone get another one by themselves. Without it nobody is locked out for their own good. */
import type { Config } from '../config.ts'
import { possibleCredentials } from '../passkeys/possible-credentials.ts'
import type { Settings } from '../settings/settings.ts'

export const canRecover = (settings: Settings, config: Pick<Config, 'issuer' | 'delivery'>): boolean =>
  config.delivery.email !== undefined &&
  settings['recovery.mode'] === 'on' &&
  possibleCredentials(config, settings).passwords
