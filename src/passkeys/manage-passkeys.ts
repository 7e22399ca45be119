/** What a person does with the passkeys they have. */
import { createEvent } from '../audit/create-event.ts'
import type { EventActor, Origin } from '../audit/event.ts'
import { isLastStrongFactor } from '../kit/database-error.ts'
import { authenticatorName } from './aaguids.ts'
import type { Passkey } from './passkey.ts'
import { isCredentialId } from './read-credential.ts'
import { type PasskeyNeeds, readPasskeyName } from './register-passkey.ts'
import { userHandleOf } from './user-handle.ts'

/** A passkey as its owner sees it. Times are milliseconds since the Unix epoch. */
export interface ListedPasskey
  extends Pick<
    Passkey,
    'credential_id' | 'rp_id' | 'name' | 'transports' | 'backup_eligible' | 'backed_up' | 'aaguid'
  > {
  /** The usual name of its authenticator. */
  readonly authenticator: string | undefined
  readonly created_at: number
  readonly last_used_at: number | undefined
}

/** The passkeys of a person, the newest first. One round trip. The last use appears some seconds after it. */
export const listPasskeys = async (
  { passkeyStore }: Pick<PasskeyNeeds, 'passkeyStore'>,
  userId: string,
): Promise<readonly ListedPasskey[]> => (await passkeyStore.list(userId)).map(toListed)

export const toListed = (passkey: Passkey): ListedPasskey => ({
  credential_id: passkey.credential_id,
  rp_id: passkey.rp_id,
  name: passkey.name,
  transports: passkey.transports,
  backup_eligible: passkey.backup_eligible,
  backed_up: passkey.backed_up,
  aaguid: passkey.aaguid,
  authenticator: authenticatorName(passkey.aaguid),
  created_at: passkey.created_at,
  last_used_at: passkey.last_used_at,
})

/**
 * What `PublicKeyCredential.signalAllAcceptedCredentials` takes (Web Authentication Level 3 §5.1.10.2), so that
 * password managers hide what is gone. Only for pages of the person that is signed in.
 */
export const acceptedCredentials = async (
  { root }: Pick<PasskeyNeeds, 'root'>,
  userId: string,
  rpId: string,
  passkeys: readonly Pick<Passkey, 'credential_id' | 'rp_id'>[],
): Promise<{
  readonly rpId: string
  readonly userId: string
  readonly allAcceptedCredentialIds: readonly string[]
}> => ({
  rpId,
  userId: await userHandleOf(root, userId),
  allAcceptedCredentialIds: passkeys
    .filter(({ rp_id }) => rp_id === rpId)
    .map(({ credential_id }) => credential_id),
})

interface PasskeyChange {
  readonly user_id: string
  readonly credential_id: string
  readonly origin: Origin
  /** Who changes it, if not its owner. */
  readonly by?: EventActor | undefined
}

/**
 * @returns `invalid` for a name that cannot be one, `unknown` for a passkey that is not this person's
 */
export async function renamePasskey(
  needs: Pick<PasskeyNeeds, 'now' | 'passkeyStore'>,
  input: PasskeyChange & { readonly name: string | undefined },
): Promise<'renamed' | 'invalid' | 'unknown'> {
  const name = readPasskeyName(input.name)
  if (name === undefined) return 'invalid'
  const { user_id, credential_id } = input
  const event = changeEvent('passkey.renamed', needs.now(), input)
  return (await needs.passkeyStore.rename(user_id, credential_id, name, event)) ? 'renamed' : 'unknown'
}

/**
 * Removes a passkey. The person's object is told first: when this returns, and whatever fails after the first call,
 * nobody signs in with it, and the sessions that it began have ended but for `except_session_id`. Repeating it is
 * harmless and completes what an outage interrupted.
 * @returns `unknown` for a passkey that is not this person's; `last` for the last strong factor of an administrator, who
 * cannot remove it alone: the object accepts it again
 */
export async function removePasskey(
  needs: Pick<PasskeyNeeds, 'now' | 'passkeyStore' | 'sessionsOf'>,
  input: PasskeyChange & { readonly except_session_id?: string | undefined },
): Promise<'removed' | 'unknown' | 'last'> {
  const { user_id, credential_id, origin, by, except_session_id } = input
  // Attack: the mark for all passkeys (`everyPasskey`) and endless text, both kept by the object.
  if (!isCredentialId(credential_id)) return 'unknown'
  const now = needs.now()
  const credential_ids = [credential_id]
  const object = needs.sessionsOf(user_id)
  await object.refusePasskeys({ now, user_id, credential_ids, origin, by, except_session_id })
  try {
    const event = changeEvent('passkey.removed', now, input)
    return (await needs.passkeyStore.delete(user_id, credential_id, event)) ? 'removed' : 'unknown'
  } catch (error) {
    if (!isLastStrongFactor(error)) throw error
    await object.readmitPasskeys({ refused_at: now, credential_ids })
    return 'last'
  }
}

const changeEvent = (
  type: 'passkey.renamed' | 'passkey.removed',
  now: number,
  { user_id, credential_id, origin, by }: PasskeyChange,
) =>
  createEvent(type, now, origin, {
    ...{ outcome: 'success', ...(by ?? { actor_type: 'user', actor_id: user_id }), user_id },
    ...{ entity_type: 'passkey', entity_id: credential_id },
  })
