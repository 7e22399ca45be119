/** The interface of a step of making an account. A new step is one file here and one line in `index.ts`. */
import type { FC } from 'hono/jsx'
import type { Origin } from '../../audit/event.ts'
import type { Client } from '../../clients/client.ts'
import type { StepNeeds } from '../../login/steps/step.ts'
import type { Problem } from '../../pages/form-parts.tsx'
import type { FormPage } from '../../pages/page.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import type { RateLimitDecision } from '../../rate-limits/rate-limiter.ts'
import type { Settings } from '../../settings/settings.ts'
import type { RegisterAccount } from '../../users/register-account.ts'
import type { Challenge, ShownChallenge } from '../challenge/challenge.ts'
import type { Registered } from '../make-account.ts'
import type { RegistrationProgress } from '../registration-progress.ts'

/** What the steps of signing in have, and the way to make an account. */
export type RegistrationNeeds = Pick<
  StepNeeds,
  | 'config'
  | 'root'
  | 'now'
  | 'rateLimiter'
  | 'readSettings'
  | 'findUserForLogin'
  | 'passwordHasher'
  | 'hashSlots'
  | 'readPasswordRules'
  | 'passkeyStore'
  | 'sessionsOf'
  | 'destinationOf'
> & { readonly registerAccount: RegisterAccount }

export interface RegistrationAttempt {
  readonly form: Parameters
  readonly progress: RegistrationProgress
  readonly page: FormPage
  readonly settings: Settings
  readonly challenge: Challenge
  readonly client: Client | undefined
  readonly origin: Origin
}

export type RegistrationOutcome =
  | { readonly status: 'next'; readonly progress: RegistrationProgress }
  /** The form is incomplete or wrong; the page is shown again. */
  | {
      readonly status: 'refused'
      readonly problems: readonly Problem[]
      /** For the log and the metric. */
      readonly reason: string
      /** Of the page that is shown, where it must not be the same. */
      readonly progress?: RegistrationProgress | undefined
    }
  /** The same form once more, with an answer. */
  | { readonly status: 'challenged'; readonly challenge: ShownChallenge }
  | { readonly status: 'limited'; readonly decision: RateLimitDecision }
  | { readonly status: 'locked'; readonly retryAfterSeconds: number }
  | { readonly status: 'busy'; readonly retryAfterSeconds: number }
  | { readonly status: 'registered'; readonly account: Registered }

export interface RegistrationPageProps {
  readonly page: FormPage
  /** Of the authorization request, sealed. */
  readonly interaction: string | undefined
  /** Sealed. */
  readonly signUp: string
  readonly progress: RegistrationProgress
  readonly settings: Settings
  readonly challenge: ShownChallenge | undefined
  readonly problems: readonly Problem[]
  /** What was typed before, of a form that was refused. */
  readonly typed: Parameters | undefined
  /** What `prepare` has loaded. */
  readonly prepared: unknown
}

export interface RegistrationStep {
  readonly id: string
  readonly title: (messages: FormPage['messages']) => string
  /** Whether it is done, or asks nothing here. */
  readonly isDone: (progress: RegistrationProgress, settings: Settings) => boolean
  readonly page: FC<RegistrationPageProps>
  readonly prepare?: (
    needs: RegistrationNeeds,
    shown: Omit<RegistrationPageProps, 'prepared'>,
  ) => Promise<unknown>
  attempt(needs: RegistrationNeeds, attempt: RegistrationAttempt): Promise<RegistrationOutcome>
}
