/** By a link of an administrator a person makes a passkey, where nothing signs in to the account. */
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

/** What people sign in with at this deployment. */
export interface SwitchedOn {
  readonly passkeys: boolean
  readonly passwords: boolean
  readonly email_codes: boolean
}

/**
 * Whether this link takes a passkey: where nothing that is switched on signs in to the account. Elsewhere one is added
 * after a sign-in alone. An authenticator app counts, although it does not sign in by itself.
 * Attack: whoever reads the mailbox gets around the second factor of the account by a passkey of their own.
 */
export function takesPasskey(link: OpenLink, on: SwitchedOn): boolean {
  if (!on.passkeys || link.has_factor) return false
  // The first credential of an account, also where codes by e-mail sign in: their reader could add one after a sign-in.
  if (link.purpose === 'invitation' && !link.has_password) return true
  // A password that is gone is replaced by another one where that signs in.
  return !on.passwords && !(on.email_codes && link.has_email)
}

/** Whom the answer of the browser belongs to. */
export const holderOf = ({ userId, secretHash }: OpenLink): Registrant => ({
  ...{ user_id: userId, asked_by: `link ${secretHash}` },
})

export type PasskeySetupRefusal = RegisterRefusal | 'invalid_link'

export async function setUpPasskey(
  needs: Pick<PasskeyNeeds, 'config' | 'root' | 'now'> &
    Pick<SetUpPasswordNeeds, 'completePasswordSetup' | 'sessionsOf'>,
  link: OpenLink,
  on: SwitchedOn,
  answer: Omit<PasskeyAnswer, 'judged' | 'user_id' | 'asked_by'>,
  origin: Origin,
  /** The terms that its owner has accepted with it. */
  termsVersion: string | undefined,
): Promise<Result<undefined, PasskeySetupRefusal>> {
  if (!takesPasskey(link, on)) return err('invalid_link')
  const verified = await verifyNewPasskey(needs, { ...answer, ...holderOf(link) })
  if (!verified.ok) return verified
  const passkey = verified.value
  const now = needs.now()
  const event = passkeyCreated(passkey, now, origin)
  const stored = await completeSetup(needs, link, {
    ...{ chosen: { passkey, besidePassword: !on.passwords }, event, now, origin, termsVersion },
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
