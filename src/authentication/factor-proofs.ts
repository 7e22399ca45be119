/** What the built-in factors prove. Steps declare these; the user's object uses them to judge what an account can reach. */

import type { PossibleProof } from './proof.ts'
import type { AccountFactors, SignInPolicy, SignInState } from './sign-in-state.ts'

export const passwordProof: PossibleProof = {
  amr: ['pwd'],
  factors: ['knowledge'],
  phishing_resistant: false,
  hardware_protected: false,
}

/** A generator of one-time passwords (RFC 4226, RFC 6238). */
export const otpProof: PossibleProof = {
  amr: ['otp'],
  factors: ['possession'],
  phishing_resistant: false,
  hardware_protected: false,
}

/**
 * A code sent by e-mail. It proves what opens the mailbox, mostly a password, and no device (NIST SP 800-63B-4 §3.1.3.1): it
 * stands in place of the password, and beside it makes no second kind of factor.
 */
export const emailCodeProof: PossibleProof = { ...passwordProof, amr: ['otp'] }

/** A code by text message (RFC 8176 `sms`): whoever has the telephone, or the number. */
export const smsCodeProof: PossibleProof = { ...otpProof, amr: ['sms'] }

/**
 * Whether text messages are the only second factor. Attack: whoever has taken over the number goes around the app or the
 * passkey of its owner.
 */
export const hasSmsAlone = ({ passkeys, otp, sms = 0 }: AccountFactors): boolean =>
  sms > 0 && passkeys + otp === 0

/** A look-up secret (NIST SP 800-63B-4 §3.1.2): a list that one has. */
export const recoveryCodeProof: PossibleProof = { ...otpProof }

/**
 * A passkey.
 * @param isVerified whether the authenticator checked who uses it, by PIN or biometrics: which of them is not told
 * @param isDeviceBound whether its key cannot be copied to other devices
 */
export const passkeyProof = (isVerified: boolean, isDeviceBound: boolean): PossibleProof => ({
  amr: [isDeviceBound ? 'hwk' : 'swk', 'user'],
  factors: isVerified ? ['possession', 'inherence'] : ['possession'],
  phishing_resistant: true,
  hardware_protected: isDeviceBound,
})

/** All that a passkey may prove. */
export const passkeyProofs: readonly PossibleProof[] = [
  passkeyProof(true, false),
  passkeyProof(true, true),
  passkeyProof(false, false),
  passkeyProof(false, true),
]

/** What the account's factors can still prove, by step, where policy takes them; recovery codes are left out, because they are for emergencies. */
export function provableBy(
  account: AccountFactors,
  policy: Pick<SignInPolicy, 'passkeys' | 'sms_codes'>,
): ReadonlyMap<string, readonly PossibleProof[]> {
  const provable = new Map<string, readonly PossibleProof[]>()
  if (account.passkeys > 0 && policy.passkeys === 'on') provable.set('passkey', passkeyProofs)
  if (account.otp > 0) provable.set('totp', [otpProof])
  if (policy.sms_codes === 'second_factor' && hasSmsAlone(account)) provable.set('sms_code', [smsCodeProof])
  return provable
}

/**
 * Whether a step can still add to what was proven. Another passkey may prove more than the one used: which of them are
 * device-bound is not known here, so the step is taken at most as often as there are passkeys.
 */
export function isLeft(step: string, { account, proofs }: Pick<SignInState, 'account' | 'proofs'>): boolean {
  const taken = proofs.filter((proof) => proof.step === step).length
  return taken === 0 || (step === 'passkey' && taken < (account?.passkeys ?? 0))
}
