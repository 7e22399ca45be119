/** The interface of a step of signing in. A new step is one file here and one line in `index.ts`. */
import type { FC } from 'hono/jsx'
import type { Origin, RecordEvent } from '../../audit/event.ts'
import type { OfferedStep } from '../../authentication/decide-next-step.ts'
import type { AccountFactors, SignInPolicy } from '../../authentication/sign-in-state.ts'
import type { Client } from '../../clients/client.ts'
import type { Config } from '../../config.ts'
import type { DestinationOf, QueueMessage } from '../../delivery/queue-message.ts'
import type { DeviceHandle } from '../../interaction/device-cookie.ts'
import type { RememberedHandle } from '../../interaction/remembered-cookie.ts'
import type { SessionRouting } from '../../interaction/session-cookie.ts'
import type { SignInProgress } from '../../interaction/sign-in-progress.ts'
import type { Clock } from '../../kit/clock.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import type { OpenOtpStore } from '../../one-time-passwords/otp-port.ts'
import type { Problem } from '../../pages/form-parts.tsx'
import type { FormPage } from '../../pages/page.ts'
import type { PasskeySignal } from '../../pages/passkey-form.tsx'
import type { PasskeyStore } from '../../passkeys/passkey.ts'
import type {
  ChangePassword,
  FindCurrentPassword,
  RenewPasswordHash,
} from '../../passwords/change-password.ts'
import type { CheckForBreach } from '../../passwords/check-for-breach.ts'
import type { HashSlots } from '../../passwords/hash-slots.ts'
import type { PasswordHasher } from '../../passwords/password-hasher.ts'
import type { ReadPasswordRules } from '../../passwords/password-policy.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import type { RateLimitDecision, RateLimiter } from '../../rate-limits/rate-limiter.ts'
import type { Notify } from '../../recovery/notices.ts'
import type { OpenRecoveryStore } from '../../recovery/waiting-period.ts'
import type { Advanced } from '../../sessions/advance-sign-in.ts'
import type { PendingView, SignInSignals } from '../../sessions/pending-sign-in.ts'
import type { SessionsOf } from '../../sessions/rules.ts'
import type { LiveSession } from '../../sessions/session.ts'
import type { ReadSettings, Settings } from '../../settings/settings.ts'
import type { OpenOwnAccount } from '../../users/own-account.ts'
import type { FindUser, FindUserForLogin, FindUserForStepUp, VerifyEmail } from '../../users/user.ts'

/** Dependencies of all steps. */
export interface StepNeeds {
  readonly config: Config
  readonly root: RootSecret
  readonly now: Clock
  readonly rateLimiter: RateLimiter
  readonly readSettings: ReadSettings
  readonly findUserForLogin: FindUserForLogin
  readonly passwordHasher: PasswordHasher
  readonly hashSlots: HashSlots
  readonly renewPasswordHash: RenewPasswordHash
  readonly findCurrentPassword: FindCurrentPassword
  readonly storePassword: ChangePassword
  readonly readPasswordRules: ReadPasswordRules
  readonly checkForBreach: CheckForBreach
  readonly findUser: FindUser
  readonly findUserForStepUp: FindUserForStepUp
  readonly verifyEmail: VerifyEmail
  readonly openOtpStore: OpenOtpStore
  readonly openOwnAccount: OpenOwnAccount
  readonly openRecoveryStore: OpenRecoveryStore
  readonly passkeyStore: PasskeyStore
  readonly queueMessage: QueueMessage
  /** Tells the owner of the account, after the response. */
  readonly notify: Notify
  readonly sessionsOf: SessionsOf
  readonly destinationOf: DestinationOf
  readonly recordEvent: RecordEvent
}

/** What this browser sent of its own, the same for every step. */
export interface BrowserProofs {
  /** The session named by the cookie; not yet checked to be live. */
  readonly previous: SessionRouting | undefined
  /** Handles of earlier sign-ins. Whether they are still valid is known only to the users' objects. */
  readonly devices: readonly DeviceHandle[]
  /** Browsers at which a second factor is remembered: the same. */
  readonly remembered: readonly RememberedHandle[]
  /** Ids of steps of kind `offer` that were put off here. */
  readonly put_off: readonly string[]
}

export interface StepAttempt {
  /** The form's fields; those of the step are its own business. */
  readonly form: Parameters
  readonly progress: SignInProgress
  /**
   * The sign-in in the person's object, once a factor is proven; not for steps that check it themselves
   * (`checksPending`), which have its handle in `progress`.
   */
  readonly pending: PendingView | undefined
  readonly policy: SignInPolicy
  readonly settings: Settings
  readonly browser: BrowserProofs
  /** Of the request, for a risk engine. */
  readonly signals: SignInSignals
  /** For steps of kind `offer`: the session that has begun. */
  readonly session: LiveSession | undefined
  readonly origin: Origin
}

export type StepOutcome =
  /**
   * Something was proven or done. `advanced` is the person's object's answer; of the handles that it was given, those
   * are valid that fit it.
   */
  | {
      readonly status: 'done'
      readonly advanced: Advanced
      readonly handles: SignInHandles
      /** What the account has, where that is known: decides what is offered after the sign-in. */
      readonly account?: AccountFactors | undefined
      /** Work to finish after the response. */
      readonly afterwards: readonly Promise<unknown>[]
    }
  /**
   * Nothing is proven; the progress that travels on, and the step to show if it is not the usual next one. Of a step of
   * kind `offer`: go on to where the person was going.
   */
  | {
      readonly status: 'next'
      readonly progress: SignInProgress
      readonly step?: string | undefined
      /** `Set-Cookie` values of a step of kind `offer`. */
      readonly cookies?: readonly string[] | undefined
    }
  /** The form is incomplete or wrong; the page is shown again. */
  | {
      readonly status: 'refused'
      readonly problems: (page: FormPage) => readonly Problem[]
      /** For the log and the metric. */
      readonly reason: string
      /** Default: 400. */
      readonly httpStatus?: 400 | 409 | undefined
      /** Of the page that is shown, where it must not be the same: a challenge that was used up. */
      readonly progress?: SignInProgress | undefined
      /** What the browser's passkey providers are told. */
      readonly signals?: readonly PasskeySignal[] | undefined
    }
  /** The pending sign-in is gone, expired or used up: start over. */
  | { readonly status: 'lost' }
  | { readonly status: 'locked'; readonly retryAfterSeconds: number }
  | { readonly status: 'busy'; readonly retryAfterSeconds: number }
  | { readonly status: 'limited'; readonly decision: RateLimitDecision }

/** Handles made before the call that may make them valid. */
export interface SignInHandles {
  /** Value of the session cookie. */
  readonly session: string
  readonly device: DeviceHandle
  /** Of the cookie for a browser at which the second factor is to be remembered. */
  readonly remembered?: RememberedHandle | undefined
  readonly pending: NonNullable<SignInProgress['pending']>
}

export interface StepPageProps {
  readonly page: FormPage
  /** Of the authorization request, sealed. */
  readonly interaction: string | undefined
  /** The sign-in so far, sealed. */
  readonly signIn: string
  readonly progress: SignInProgress
  readonly pending: PendingView | undefined
  readonly policy: SignInPolicy
  readonly client: Client | undefined
  /** Of the authorization request. */
  readonly redirectUri: string | undefined
  /** Other steps that lead on: ids. */
  readonly alternatives: readonly string[]
  /** Identifier that the application suggests (`login_hint`). */
  readonly hint: string | undefined
  /** For steps of kind `offer`: the session that has begun. */
  readonly session: LiveSession | undefined
  readonly problems: readonly Problem[]
  /** What the browser's passkey providers are told. */
  readonly signals: readonly PasskeySignal[]
  /** What `prepare` has loaded. */
  readonly prepared: unknown
}

/** A step of signing in. */
export interface Step extends OfferedStep {
  /** Its form, inside the frame that all steps share; posts to `/login` with `step`. */
  readonly page: FC<StepPageProps>
  /** Heading of its page. Default: that of the sign-in page. */
  readonly title?: ((messages: FormPage['messages'], policy: SignInPolicy) => string) | undefined
  /** Its form on the first page, below that of the first step; without one it is in the list of other ways there. */
  readonly beside?: FC<StepPageProps> | undefined
  /** How the step is called in the list of other ways. */
  readonly label: (messages: FormPage['messages']) => string
  /** Loads what the page shows; most need nothing. An offer without it has no page. */
  readonly prepare?:
    | ((needs: StepNeeds, shown: Omit<StepPageProps, 'prepared'>) => Promise<unknown>)
    | undefined
  /** Its call of the person's object finds out whether the sign-in goes on: nobody asks before, which would be a call. */
  readonly checksPending?: true
  attempt(needs: StepNeeds, attempt: StepAttempt): Promise<StepOutcome>
}
