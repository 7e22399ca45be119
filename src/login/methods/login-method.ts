/** What a way of signing in is. A new one is one file here and one line in `index.ts`. */
import type { Origin, RecordEvent } from '../../audit/event.ts'
import type { Config } from '../../config.ts'
import type { DeviceHandle } from '../../interaction/device-cookie.ts'
import type { SessionRouting } from '../../interaction/session-cookie.ts'
import type { Clock } from '../../kit/clock.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import type { Messages } from '../../messages/en.ts'
import type { RenewPasswordHash } from '../../passwords/change-password.ts'
import type { HashSlots } from '../../passwords/hash-slots.ts'
import type { PasswordHasher } from '../../passwords/password-hasher.ts'
import type { RateLimitDecision, RateLimiter } from '../../rate-limits/rate-limiter.ts'
import type { SessionsOf } from '../../sessions/rules.ts'
import type { Session } from '../../sessions/session.ts'
import type { FindUserForLogin } from '../../users/user.ts'

/** What the methods together need. */
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
  /** Values of the method's fields, none of them empty. */
  readonly fields: Readonly<Record<string, string>>
  /** The session the browser's cookie names; whether it lives is not known yet. */
  readonly previous: SessionRouting | undefined
  /** What the browser shows of earlier sign-ins; whether they still count, only the accounts' objects know. */
  readonly devices: readonly DeviceHandle[]
  readonly origin: Origin
}

export type LoginOutcome =
  | {
      readonly status: 'signed_in'
      readonly session: Session
      /** For the session cookie. */
      readonly handle: string
      /** For the device cookie. */
      readonly device: DeviceHandle
      /** The hash that was verified, where the password must be changed next. */
      readonly verifiedHash?: string | undefined
      /** Work for after the response. */
      readonly afterwards: readonly Promise<unknown>[]
    }
  /** One answer for unknown accounts, wrong secrets and disabled accounts. */
  | { readonly status: 'refused' }
  | { readonly status: 'locked'; readonly retryAfterSeconds: number }
  /** Too much is under way at the moment: nothing was tried, nothing counted. */
  | { readonly status: 'busy'; readonly retryAfterSeconds: number }
  | { readonly status: 'limited'; readonly decision: RateLimitDecision }

export interface LoginMethod {
  readonly id: string
  /** Authentication context class and methods of the sessions it makes (OpenID Connect Core §2, RFC 8176). */
  readonly acr: string
  readonly amr: readonly string[]
  readonly fields: readonly LoginField[]
  attempt(needs: LoginNeeds, attempt: LoginAttempt): Promise<LoginOutcome>
}
