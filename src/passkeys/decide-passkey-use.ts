/** Decides what a genuine assertion is good for. Pure. */
import type { PasskeySettings } from './relying-party.ts'
import type { VerifiedAssertion } from './verify-assertion.ts'

/** What is stored of the passkey. */
export interface KnownPasskey {
  readonly sign_count: number
  readonly backup_eligible: boolean
}

export type PasskeyUse =
  | { readonly status: 'accepted'; readonly sign_count: number }
  /**
   * `counter`: its counter went back, as that of a copied authenticator does. It is refused once: the lower count
   * counts from now on, so that the owner of a restored device is not locked out.
   */
  | { readonly status: 'refused'; readonly reason: 'counter'; readonly sign_count: number }
  /** `backup`: eligibility never changes (Web Authentication §7.2). `not_verified`: nobody proved to be its owner. */
  | { readonly status: 'refused'; readonly reason: 'backup' | 'not_verified' }

export function decidePasskeyUse(
  known: KnownPasskey,
  shown: VerifiedAssertion,
  policy: {
    readonly counter_regression: PasskeySettings['passkeys.counter_regression']
    /** Whether it alone must prove two factors. */
    readonly as: 'first_factor' | 'second_factor'
  },
): PasskeyUse {
  if (shown.backup_eligible !== known.backup_eligible) return { status: 'refused', reason: 'backup' }
  if (policy.as === 'first_factor' && !shown.user_verified) {
    return { status: 'refused', reason: 'not_verified' }
  }
  const { sign_count } = shown
  const isTolerated = policy.counter_regression === 'accept_synced' && known.backup_eligible
  if (wentBack(known.sign_count, sign_count) && !isTolerated) {
    return { status: 'refused', reason: 'counter', sign_count }
  }
  return { status: 'accepted', sign_count }
}

/** Authenticators without a counter, which synced passkeys nearly always are, show zero each time (§6.1.1). */
const wentBack = (before: number, now: number): boolean => (before > 0 || now > 0) && now <= before
