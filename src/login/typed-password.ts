/**
 * Remembers for a few minutes that a password which must be changed was just typed, so that nobody has to type a
 * one-time password twice. The sealed cookie is bound to one session and to the verified hash, so it proves
 * nothing once another password is set or the session has a new handle.
 */
import type { Clock } from '../kit/clock.ts'
import { type CookieSettings, readCookie, writeCookie } from '../kit/cookies.ts'
import { sha256 } from '../kit/hash.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { ChangeReason } from '../passwords/change-reason.ts'

const name = 'authly_typed'
const purpose = 'typed password'
const ttlSeconds = 600

interface TypedPassword {
  readonly hash_digest: string
  /** Why it must be changed; absent in a cookie of an older version. */
  readonly reason?: ChangeReason
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

export interface VerifiedPassword {
  /** SHA-256 of its stored hash. */
  readonly hashDigest: string
  readonly reason: ChangeReason
}

interface TypedPasswordNeeds {
  readonly root: RootSecret
  readonly config: CookieSettings
  readonly now: Clock
}

/** `Set-Cookie` value after a sign-in whose password must be changed. */
export async function rememberTypedPassword(
  { root, config, now }: TypedPasswordNeeds,
  sessionId: string,
  { reason, verifiedHash }: { readonly reason: ChangeReason; readonly verifiedHash: string },
): Promise<string> {
  const typed: TypedPassword = {
    hash_digest: await sha256(verifiedHash),
    reason,
    expires_at: now() + ttlSeconds * 1000,
  }
  return writeCookie(config, name, await root.seal(purpose, JSON.stringify(typed), sessionId), ttlSeconds)
}

/** The password that was verified for this session; `undefined` when absent or expired. */
export async function readTypedPassword(
  { root, config, now }: TypedPasswordNeeds,
  cookieHeader: string | undefined,
  sessionId: string,
): Promise<VerifiedPassword | undefined> {
  const sealed = readCookie(config, cookieHeader, name)
  const json = sealed && (await root.open(purpose, sealed, sessionId))
  if (!json) return undefined
  const typed = JSON.parse(json) as TypedPassword
  if (now() >= typed.expires_at) return undefined
  return { hashDigest: typed.hash_digest, reason: typed.reason ?? 'must_change' }
}

/** `Set-Cookie` value that removes it. */
export const forgetTypedPassword = (config: CookieSettings): string => writeCookie(config, name, '', 0)
