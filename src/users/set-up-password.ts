/**
 * A user sets a password through a link from an administrator. The link alone is sufficient proof, so it works once,
 * and a used, expired, replaced or forged link gets the same answer.
 */

import { createEvent } from '../audit/create-event.ts'
import type { AuditEvent, Origin } from '../audit/event.ts'
import type { Clock } from '../kit/clock.ts'
import { networkOf } from '../kit/network.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { retryOnce } from '../kit/retry-once.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { CheckForBreach } from '../passwords/check-for-breach.ts'
import { isFormerPassword } from '../passwords/check-former-passwords.ts'
import { busyRetrySeconds, type HashSlots } from '../passwords/hash-slots.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import {
  checkNewPassword,
  type PasswordProblem,
  type ReadPasswordRules,
} from '../passwords/password-policy.ts'
import type { RateLimitDecision, RateLimiter } from '../rate-limits/rate-limiter.ts'
import type { SessionsOf } from '../sessions/rules.ts'
import {
  type ChosenCredential,
  type CompletePasswordSetup,
  type FindPasswordSetup,
  openSetupLink,
  type PasswordSetup,
} from './password-setup.ts'

export interface SetUpPasswordNeeds {
  readonly root: RootSecret
  readonly now: Clock
  readonly rateLimiter: RateLimiter
  readonly passwordHasher: PasswordHasher
  readonly hashSlots: HashSlots
  readonly readPasswordRules: ReadPasswordRules
  readonly findPasswordSetup: FindPasswordSetup
  readonly completePasswordSetup: CompletePasswordSetup
  readonly sessionsOf: SessionsOf
  readonly checkForBreach: CheckForBreach
}

export type LinkRefusal =
  | { readonly reason: 'invalid' }
  | { readonly reason: 'limited'; readonly decision: RateLimitDecision }

export type SetupRefusal =
  | { readonly reason: 'invalid' }
  | { readonly reason: 'unacceptable'; readonly problem: PasswordProblem }
  /** Too many attempts are in progress: nothing was tried. */
  | { readonly reason: 'busy'; readonly retryAfterSeconds: number }

export interface OpenLink extends PasswordSetup {
  readonly userId: string
  readonly secretHash: string
}

/** Looks a link up without using it. A forged link costs no I/O. */
export async function readSetupLink(
  needs: Pick<SetUpPasswordNeeds, 'root' | 'rateLimiter' | 'findPasswordSetup'>,
  link: string | undefined,
): Promise<Result<OpenLink, LinkRefusal>> {
  const opened = link === undefined ? undefined : await openSetupLink(needs.root, link)
  if (!opened) return err({ reason: 'invalid' })
  const { routing, secretHash } = opened
  // Counted per link: links cannot be forged, and a hundred invited users may share one address.
  const decision = await needs.rateLimiter.take('password-link', secretHash)
  if (!decision.allowed) return err({ reason: 'limited', decision })
  const setup = await needs.findPasswordSetup(routing.user_id, secretHash)
  return setup ? ok({ ...setup, userId: routing.user_id, secretHash }) : err({ reason: 'invalid' })
}

/**
 * Uses the link, stores the password, and ends every session and grant: anyone signed in by an earlier credential (an
 * imported password, another way to sign in) may not be the holder of the link.
 */
export async function setUpPassword(
  needs: SetUpPasswordNeeds,
  link: OpenLink,
  password: string,
  origin: Origin,
  /** The terms that its owner has accepted with it. */
  termsVersion?: string,
): Promise<Result<undefined, SetupRefusal>> {
  const { userId, identifiers, former } = link
  const problem = checkNewPassword(password, { rules: await needs.readPasswordRules(), identifiers })
  if (problem) return err({ reason: 'unacceptable', problem })
  const release = await needs.hashSlots.take(networkOf(origin.ip ?? 'unknown'))
  if (!release) return err({ reason: 'busy', retryAfterSeconds: busyRetrySeconds })
  const newHash = await hashUnlessFormer(needs.passwordHasher, password, former).finally(release)
  if (newHash === undefined) return err({ reason: 'unacceptable', problem: 'reused' })
  const now = needs.now()
  const event = createEvent('password.changed', now, origin, {
    ...{ outcome: 'success', actor_type: 'user', actor_id: userId, user_id: userId },
  })
  const chosen = { newHash }
  const stored = await completeSetup(needs, link, { chosen, event, now, origin, termsVersion })
  if (stored !== 'stored') return err({ reason: 'invalid' })
  needs.checkForBreach({ userId, password, hash: newHash, origin })
  return ok(undefined)
}

interface Completed {
  readonly chosen: ChosenCredential
  readonly event: AuditEvent
  readonly now: number
  readonly origin: Origin
  readonly termsVersion: string | undefined
}

/** Uses the link up, and ends what was opened before. */
export async function completeSetup(
  needs: Pick<SetUpPasswordNeeds, 'completePasswordSetup' | 'sessionsOf'>,
  { userId, secretHash }: OpenLink,
  { chosen, event, now, origin, termsVersion }: Completed,
): ReturnType<CompletePasswordSetup> {
  const accountChanged = createEvent('user.updated', now, origin, {
    ...{ outcome: 'success', actor_type: 'user', actor_id: userId, user_id: userId },
    ...{ entity_type: 'user', entity_id: userId },
  })
  const stored = await needs.completePasswordSetup({
    ...{ userId, secretHash, chosen, event, accountChanged, termsVersion },
  })
  if (stored === 'stored') {
    // No session may outlive the old credential.
    const reason = 'passkey' in chosen ? 'credentials_reset' : 'password_changed'
    await retryOnce(() => needs.sessionsOf(userId).endAllSessions({ now, origin, reason }))
  }
  return stored
}

const hashUnlessFormer = async (
  hasher: PasswordHasher,
  password: string,
  former: readonly string[],
): Promise<string | undefined> =>
  (await isFormerPassword(hasher, password, former)) ? undefined : hasher.hash(password)
