/**
 * Changing a factor needs a recent sign-in with an equal one (NIST SP 800-63B-4 §4.1.2.1). Attack: a thief of an open
 * session, or of the password alone, adds a factor of their own or removes the owner's.
 */
import { acrMultiFactor, acrPassword, acrPhishingResistant, includesClass } from './acr.ts'
import type { AccountFactors } from './sign-in-state.ts'

/** Factors that decide what a change needs. A recovery code decides nothing: it gives no back what was stolen. */
export type OwnFactors = Pick<AccountFactors, 'password' | 'passkeys' | 'otp'>

/** Why a sign-in is not good enough, and the class it must reach. */
export interface FreshSignInNeeded {
  /** `again`: too long ago. `stronger`: too weak. */
  readonly because: 'again' | 'stronger'
  readonly acr: string
}

/**
 * The strongest class that the account's own factors reach. A passkey whose key cannot leave its authenticator could
 * reach `phrh`; asking for that would keep people out whose other passkeys are synced.
 */
export function strongestClassOf({ passkeys, otp }: OwnFactors): string {
  if (passkeys > 0) return acrPhishingResistant
  // Without a password too: whoever signs in by a code to their mailbox has a first kind of factor.
  return otp > 0 ? acrMultiFactor : acrPassword
}

/**
 * Whether factors may be changed in this session; undefined: they may.
 * @param now milliseconds since the Unix epoch, like `auth_time`
 */
export function requireFresh(
  session: { readonly auth_time: number; readonly acr: string },
  factors: OwnFactors,
  { now, maxAgeSeconds }: { readonly now: number; readonly maxAgeSeconds: number },
): FreshSignInNeeded | undefined {
  const acr = strongestClassOf(factors)
  if (!includesClass(session.acr, acr)) return { because: 'stronger', acr }
  return isFresh(session, { now, maxAgeSeconds }) ? undefined : { because: 'again', acr }
}

/** Whether a sign-in is recent enough for a change of factors. */
export const isFresh = (
  { auth_time }: { readonly auth_time: number },
  { now, maxAgeSeconds }: { readonly now: number; readonly maxAgeSeconds: number },
): boolean => now - auth_time <= maxAgeSeconds * 1000

/** Where a sign-in without an application can lead: known pages only (open redirect). */
export const nextPaths = {
  account: '/account',
  password: '/password',
  email: '/account/email',
  passkeys: '/account/passkeys',
  one_time_passwords: '/account/one-time-passwords',
  recovery_codes: '/account/recovery-codes',
  data: '/account/data',
  delete: '/account/delete',
} as const

export type NextPath = keyof typeof nextPaths

/** Only known paths, so that a crafted link cannot redirect elsewhere (open redirect). */
export const nextPathOf = (name: string | undefined): NextPath =>
  name !== undefined && Object.hasOwn(nextPaths, name) ? (name as NextPath) : 'account'

/** The sign-in page that leads back to `next`. Its parameters can only make the sign-in stronger. */
export const freshSignInPath = (next: NextPath, { because, acr }: FreshSignInNeeded): string =>
  `/login?${new URLSearchParams({ next, because, acr })}`
