/** Whom an administrator invited makes a passkey by the link of the invitation, as the first credential of the account. */
import type { Origin } from '../audit/event.ts'
import { err, ok, type Result } from '../kit/result.ts'
import {
  type PasskeyAnswer,
  type PasskeyNeeds,
  passkeyCreated,
  type RegisterRefusal,
  type Registrant,
  verifyNewPasskey,
} from '../passkeys/register-passkey.ts'
import { completeSetup, type OpenLink, type SetUpPasswordNeeds } from './set-up-password.ts'

/** Whether this link takes a passkey. Where others sign in already, one is added after a sign-in alone. */
export const takesPasskey = ({ purpose, is_first }: OpenLink): boolean => purpose === 'invitation' && is_first

/** Whom the answer of the browser belongs to. */
export const holderOf = ({ userId, secretHash }: OpenLink): Registrant => ({
  ...{ user_id: userId, asked_by: `link ${secretHash}` },
})

export type PasskeySetupRefusal = RegisterRefusal | 'invalid_link'

export async function setUpPasskey(
  needs: Pick<PasskeyNeeds, 'config' | 'root' | 'now'> &
    Pick<SetUpPasswordNeeds, 'completePasswordSetup' | 'sessionsOf'>,
  link: OpenLink,
  answer: Omit<PasskeyAnswer, 'judged' | 'user_id' | 'asked_by'>,
  origin: Origin,
  /** The terms that its owner has accepted with it. */
  termsVersion: string | undefined,
): Promise<Result<undefined, PasskeySetupRefusal>> {
  if (!takesPasskey(link)) return err('invalid_link')
  const verified = await verifyNewPasskey(needs, { ...answer, ...holderOf(link) })
  if (!verified.ok) return verified
  const passkey = verified.value
  const now = needs.now()
  const event = passkeyCreated(passkey, now, origin)
  const stored = await completeSetup(needs, link, {
    ...{ chosen: { passkey }, event, now, origin, termsVersion },
  })
  switch (stored) {
    case 'stored':
      return ok(undefined)
    case 'taken':
      return err('taken')
    default:
      return err('invalid_link')
  }
}
