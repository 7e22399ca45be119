/** What a person may choose for a new account, as a sign-in takes it (`policyOf`). */
import { relyingPartyOf } from '../passkeys/relying-party.ts'
import type { Settings } from '../settings/settings.ts'

export interface PossibleCredentials {
  readonly passkeys: boolean
  readonly passwords: boolean
}

export function possibleCredentials(
  config: { readonly issuer: string },
  settings: Settings,
): PossibleCredentials {
  const passkeys = settings['sign_in.passkeys'] === 'on' && relyingPartyOf(config, settings) !== undefined
  return { passkeys, passwords: !passkeys || settings['sign_in.passwords'] === 'on' }
}
