/** Whether people whose password is gone get another one by themselves. Without it nobody is locked out for their own good. */
import type { Config } from '../config.ts'
import type { Settings } from '../settings/settings.ts'

export const canRecover = (settings: Settings, { delivery }: Pick<Config, 'delivery'>): boolean =>
  delivery.email !== undefined &&
  settings['recovery.mode'] === 'on' &&
  (settings['sign_in.passwords'] === 'on' || settings['sign_in.passkeys'] === 'off')
