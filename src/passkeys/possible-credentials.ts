/**
 * Which first factors accounts of a deployment can have. Passwords are on wherever passkeys are off or impossible, whatever
 * is set: with neither nobody could sign in, and nobody could undo it.
 */
import { type PasskeySettings, relyingPartyOf } from './relying-party.ts'

export interface PossibleCredentials {
  readonly passkeys: boolean
  readonly passwords: boolean
}

export function possibleCredentials(
  config: { readonly issuer: string },
  settings: Pick<PasskeySettings, 'passkeys.rp_id' | 'passkeys.related_origins'> & {
    readonly 'sign_in.passkeys': 'off' | 'on'
    readonly 'sign_in.passwords': 'off' | 'on'
  },
): PossibleCredentials {
  const passkeys = settings['sign_in.passkeys'] === 'on' && relyingPartyOf(config, settings) !== undefined
  return { passkeys, passwords: !passkeys || settings['sign_in.passwords'] === 'on' }
}
