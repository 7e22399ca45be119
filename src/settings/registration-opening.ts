/** Who may make an account of their own here. */
import type { Settings } from './settings.ts'

/**
 * Whether people can register, on the way to this application or to none.
 * @param sends_email whether the deployment does: an address that nobody has proven makes no account
 */
export const isRegistrationOpen = (
  settings: Pick<Settings, 'registration.mode'>,
  sends_email: boolean,
  client: { readonly allow_registration: boolean } | undefined,
): boolean =>
  sends_email && settings['registration.mode'] !== 'invited' && client?.allow_registration !== false
