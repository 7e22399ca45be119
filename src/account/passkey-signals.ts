/** What the browser's passkey providers are told on the pages of a signed-in person. */
import type { RootSecret } from '../kit/root-secret.ts'
import { passkeyUser } from '../login/passkey-user.ts'
import type { PasskeySignal } from '../pages/passkey-form.tsx'
import { acceptedCredentials, type ListedPasskey } from '../passkeys/manage-passkeys.ts'
import { relyingPartyOf } from '../passkeys/relying-party.ts'
import type { ReadSettings } from '../settings/settings.ts'
import type { User } from '../users/user.ts'

interface SignalNeeds {
  readonly config: { readonly issuer: string }
  readonly root: RootSecret
  readonly readSettings: ReadSettings
}

/**
 * Which passkeys of this domain are accepted, so that providers hide the others, and what the account is called. Sent
 * with every page that lists them: an administrator or another browser may have changed them.
 * @param passkeys all of this person
 */
export async function passkeySignals(
  needs: SignalNeeds,
  user: User,
  passkeys: readonly ListedPasskey[],
): Promise<readonly PasskeySignal[]> {
  const relyingParty = relyingPartyOf(needs.config, await needs.readSettings())
  if (!relyingParty) return []
  const { rp_id: rpId } = relyingParty
  const accepted = await acceptedCredentials(needs, user.id, rpId, passkeys)
  const { user_name: name, display_name: displayName } = passkeyUser(user)
  return [
    { method: 'signalAllAcceptedCredentials', options: accepted },
    { method: 'signalCurrentUserDetails', options: { rpId, userId: accepted.userId, name, displayName } },
  ]
}
