/**
 * Changing a way to sign in needs a recent sign-in (NIST SP 800-63B-4 §4.1.2.1). Attack: whoever finds an open session
 * adds a passkey of their own, or removes the owner's.
 */

/** As long as the ceremony of a passkey may take. */
const maxAgeMs = 300_000

/** @param session of which `auth_time` is in milliseconds since the Unix epoch, like `now` */
export const isFresh = (session: { readonly auth_time: number }, now: number): boolean =>
  now - session.auth_time <= maxAgeMs

/** Signing in again leads back to the passkeys. */
export const freshSignIn = '/login?next=passkeys'
