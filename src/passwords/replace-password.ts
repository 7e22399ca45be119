/**
 * Changes the password of a signed-in user, who proves the old one or has just signed in with one that must be
 * changed. All other sessions and all grants end, because anyone who knew the old password may still be signed in
 * somewhere. This browser continues under a new handle.
 */
import { createEvent } from '../audit/create-event.ts'
import type { Origin, RecordEvent } from '../audit/event.ts'
import type { Clock } from '../kit/clock.ts'
import { constantTimeEqual, sha256 } from '../kit/hash.ts'
import { networkOf } from '../kit/network.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { RateLimitDecision, RateLimiter } from '../rate-limits/rate-limiter.ts'
import type { ChangePassword, CurrentPassword, FindCurrentPassword } from './change-password.ts'
import type { CheckForBreach } from './check-for-breach.ts'
import { isFormerPassword } from './check-former-passwords.ts'
import { busyRetrySeconds, type HashSlots } from './hash-slots.ts'
import type { PasswordHasher } from './password-hasher.ts'
import { checkNewPassword, type PasswordProblem, type ReadPasswordRules } from './password-policy.ts'

export interface ReplacePasswordNeeds {
  readonly now: Clock
  readonly rateLimiter: RateLimiter
  readonly findCurrentPassword: FindCurrentPassword
  readonly readPasswordRules: ReadPasswordRules
  readonly passwordHasher: PasswordHasher
  readonly hashSlots: HashSlots
  readonly storePassword: ChangePassword
  readonly recordEvent: RecordEvent
  readonly checkForBreach: CheckForBreach
}

export interface ReplacePassword<Completed> {
  readonly user_id: string
  /** Undefined while a sign-in demands the change. */
  readonly session_id: string | undefined
  /** Whose attempts are counted: the session, or the sign-in. */
  readonly counted: string
  /**
   * Ends in the person's object what was opened with the old password. Idempotent.
   * @param now milliseconds since the Unix epoch
   */
  readonly complete: (now: number) => Promise<Completed>
  /**
   * The old password as typed, or SHA-256 of the hash that the account had when this sign-in began; undefined where it had
   * none.
   */
  readonly proof: { readonly current: string } | { readonly verified: string | undefined }
  readonly next: string
  /** In place of `storePassword`, for a change that brings more with it. */
  readonly store?: ChangePassword | undefined
  readonly origin: Origin
}

export type ReplaceRefusal =
  | { readonly reason: 'limited'; readonly decision: RateLimitDecision }
  /** Too many hashes are running: nothing was tried or counted. */
  | { readonly reason: 'busy'; readonly retryAfterSeconds: number }
  | { readonly reason: 'wrong_current' }
  /** The hash verified at sign-in is no longer the current one. */
  | { readonly reason: 'outdated' }
  | { readonly reason: 'unacceptable'; readonly problem: PasswordProblem }
  /** Changed elsewhere in the meantime, or the user is gone. */
  | { readonly reason: 'conflict' }

/**
 * Replaces the password. The new one is valid as soon as Postgres has stored it, in one statement with its event.
 */
export async function replacePassword<Completed>(
  needs: ReplacePasswordNeeds,
  input: ReplacePassword<Completed>,
): Promise<Result<Completed, ReplaceRefusal>> {
  const release = await needs.hashSlots.take(networkOf(input.origin.ip ?? 'unknown'))
  if (!release) return err({ reason: 'busy', retryAfterSeconds: busyRetrySeconds })
  return replaceInSlot(needs, input).finally(release)
}

async function replaceInSlot<Completed>(
  needs: ReplacePasswordNeeds,
  { user_id, session_id, counted, complete, proof, next, store, origin }: ReplacePassword<Completed>,
): Promise<Result<Completed, ReplaceRefusal>> {
  // A stolen session must not allow guessing the password without limit, from however many addresses; nor may it
  // keep the user, signed in elsewhere, from changing it.
  const decision = await needs.rateLimiter.take('password-user', `${user_id}:${counted}`)
  if (!decision.allowed) return err({ reason: 'limited', decision })
  const stored = await needs.findCurrentPassword(user_id)
  const actor = { actor_type: 'user', actor_id: user_id, user_id, session_id } as const
  if ('verified' in proof) {
    // Another password was set since: the one typed at sign-in proves nothing any more.
    if (!stored || !(await isStill(stored.hash, proof.verified))) return err({ reason: 'outdated' })
  } else if (!(await needs.passwordHasher.verify(proof.current, stored?.hash)) || !stored) {
    const details = { ...actor, outcome: 'failure', data: { during: 'password change' } } as const
    needs.recordEvent(createEvent('login.failed', needs.now(), origin, details))
    return err({ reason: 'wrong_current' })
  }
  void needs.rateLimiter.giveBack(decision)
  const current = 'current' in proof ? proof.current : undefined
  const problem = await findProblem(needs, stored, next, current)
  if (problem) return err({ reason: 'unacceptable', problem })

  const now = needs.now()
  const newHash = await needs.passwordHasher.hash(next)
  const isStored = await (store ?? needs.storePassword)({
    userId: user_id,
    replacesHash: stored.hash,
    newHash,
    event: createEvent('password.changed', now, origin, { ...actor, outcome: 'success' }),
  })
  if (!isStored) return err({ reason: 'conflict' })
  // Retried if the object has moved: the other sessions must not outlive the old password.
  const completed = await complete(now).catch(() => complete(now))
  needs.checkForBreach({ userId: user_id, password: next, hash: newHash, origin })
  return ok(completed)
}

const isStill = async (hash: string | undefined, digest: string | undefined): Promise<boolean> =>
  hash !== undefined && digest !== undefined
    ? constantTimeEqual(await sha256(hash), digest)
    : hash === undefined && digest === undefined

async function findProblem(
  { passwordHasher, readPasswordRules }: ReplacePasswordNeeds,
  { hash, identifiers, former }: CurrentPassword,
  next: string,
  current: string | undefined,
): Promise<PasswordProblem | undefined> {
  const problem = checkNewPassword(next, { rules: await readPasswordRules(), identifiers, current })
  if (problem) return problem
  const isSame = current === undefined && hash !== undefined && (await passwordHasher.verify(next, hash))
  if (isSame) return 'unchanged'
  return (await isFormerPassword(passwordHasher, next, former)) ? 'reused' : undefined
}
