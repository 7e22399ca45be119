/** The interface of a sign-in method. A new method is one file here and one line in `index.ts`. */
import type { Origin, RecordEvent } from '../../audit/event.ts'
import type { Config } from '../../config.ts'
import type { DeviceHandle } from '../../interaction/device-cookie.ts'
import type { SessionRouting } from '../../interaction/session-cookie.ts'
import type { Clock } from '../../kit/clock.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import type { Messages } from '../../messages/en.ts'
import type { RenewPasswordHash } from '../../passwords/change-password.ts'
import type { ChangeReason } from '../../passwords/change-reason.ts'
import type { CheckForBreach } from '../../passwords/check-for-breach.ts'
import type { HashSlots } from '../../passwords/hash-slots.ts'
import type { PasswordHasher } from '../../passwords/password-hasher.ts'
import type { RateLimitDecision, RateLimiter } from '../../rate-limits/rate-limiter.ts'
import type { SessionsOf } from '../../sessions/rules.ts'
import type { Session } from '../../sessions/session.ts'
import type { FindUserForLogin } from '../../users/user.ts'

/** Dependencies of all methods. */
export interface LoginNeeds {
  readonly config: Pick<Config, 'sessionIdleTtlSeconds' | 'sessionAbsoluteTtlSeconds'>
  readonly root: RootSecret
  readonly now: Clock
  readonly rateLimiter: RateLimiter
  readonly findUserForLogin: FindUserForLogin
  readonly passwordHasher: PasswordHasher
  readonly hashSlots: HashSlots
  readonly renewPasswordHash: RenewPasswordHash
  readonly sessionsOf: SessionsOf
  readonly recordEvent: RecordEvent
  readonly checkForBreach: CheckForBreach
}

/** A field of the method's form. */
export interface LoginField {
  readonly name: string
  readonly type: 'text' | 'password'
  readonly autocomplete: string
  readonly label: (messages: Messages) => string
  readonly missing: (messages: Messages) => string
  readonly maxlength: number
}

export interface LoginAttempt {
  /** Values of the method's fields, never empty. */
  readonly fields: Readonly<Record<string, string>>
  /** The session named by the browser's cookie; not yet checked to be live. */
  readonly previous: SessionRouting | undefined
  /** Device handles from earlier sign-ins. Whether they are still valid is known only to the users' objects. */
  readonly devices: readonly DeviceHandle[]
  readonly origin: Origin
}

export type LoginOutcome =
  | {
      readonly status: 'signed_in'
      readonly session: Session
      /** Value of the session cookie. */
      readonly handle: string
      /** For the device cookie. */
      readonly device: DeviceHandle
      /** Set when the password must be changed next: why, and the hash that was verified. */
      readonly mustChange?: { readonly reason: ChangeReason; readonly verifiedHash: string } | undefined
      /** Work to finish after the response. */
      readonly afterwards: readonly Promise<unknown>[]
    }
  /** The same for unknown users, wrong secrets and disabled users (prevents user enumeration). */
  | { readonly status: 'refused' }
  | { readonly status: 'locked'; readonly retryAfterSeconds: number }
  /** Too many hashes are running: nothing was tried or counted. */
  | { readonly status: 'busy'; readonly retryAfterSeconds: number }
  | { readonly status: 'limited'; readonly decision: RateLimitDecision }

export interface LoginMethod {
  readonly id: string
  /** Authentication context class and methods of the resulting sessions (OpenID Connect Core §2, RFC 8176). */
  readonly acr: string
  readonly amr: readonly string[]
  readonly fields: readonly LoginField[]
  attempt(needs: LoginNeeds, attempt: LoginAttempt): Promise<LoginOutcome>
}
