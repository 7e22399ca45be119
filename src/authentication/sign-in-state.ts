/** What is known of a sign-in when its next step is decided. Plain data: part of it crosses an RPC boundary. */
import type { Proof } from './proof.ts'

/** The verdict of a risk engine about this sign-in. None is built in. */
export interface RiskVerdict {
  readonly level: 'low' | 'medium' | 'high'
}

/** What the account has. Known only after its first factor was proven: nothing offered before may depend on it. */
export interface AccountFactors {
  /** `breached`: it is in a list of breached passwords, and must be changed for that reason. */
  readonly password: 'none' | 'usable' | 'must_change' | 'breached'
  readonly passkeys: number
  readonly otp: number
  /** 1: a telephone number that was verified. Absent in what was stored before it was read. */
  readonly sms?: number | undefined
  /** Unused ones. */
  readonly recovery_codes: number
  /** When the account is deleted, at its owner's wish (milliseconds since the Unix epoch); absent: it is not to be. */
  readonly deletion_due_at?: number | null | undefined
  /** `required_acr_values` of the roles, a list for each role that has one. */
  readonly required_acr_values: readonly (readonly string[])[]
}

/** By which it is judged whether another factor may be added. */
export type SecondFactors = Pick<AccountFactors, 'passkeys' | 'otp'>

export interface SignInState {
  /** The identifier typed in this sign-in; says nothing about whether there is such an account. */
  readonly identifier: string | undefined
  readonly proofs: readonly Proof[]
  /** Undefined until the first factor is proven. */
  readonly account: AccountFactors | undefined
  /** What this browser proves by its cookies. */
  readonly browser: {
    /** Somebody has signed in here with a passkey. */
    readonly used_passkey: boolean
    /** This person's second factor is remembered here. Known only after the first factor. */
    readonly is_remembered: boolean
  }
  /** Required and optional actions that are completed, or were put off where that is allowed: step ids. */
  readonly actions_done: readonly string[]
  readonly risk: RiskVerdict | undefined
}

/** What application, deployment and request demand of this sign-in. */
export interface SignInPolicy {
  readonly passkeys: 'off' | 'on'
  readonly passwords: 'off' | 'on'
  /** Whether a code sent by e-mail is a first factor. Absent in sign-ins from before there were any. */
  readonly email_codes?: 'off' | 'on'
  /** Whether a code by text message is a second factor. Absent likewise. */
  readonly sms_codes?: 'off' | 'second_factor'
  /** Whether a forgotten password is recovered by a code to the mailbox. Absent in sign-ins from before. */
  readonly recovery?: 'off' | 'on'
  /** This sign-in is a recovery: a code to the mailbox, the second factor of whoever has one, another password. */
  readonly recovers?: boolean
  /**
   * Of a recovery after the waiting period: `recovery_hash` of that period. The account counts as having no second factor,
   * and loses those that it has.
   */
  readonly lost_factors?: string | undefined
  /** `optional`: asked of those who have one. `required`: whoever has none sets one up. */
  readonly second_factor: 'optional' | 'required'
  /** Any of each list must be reached (client, deployment, essential `acr`); unmet, there is no sign-in. */
  readonly required_acr_values: readonly (readonly string[])[]
  /** `acr_values`: any of them is reached if this account can (OpenID Connect Core §3.1.2.1). */
  readonly wanted_acr_values: readonly string[]
  /**
   * Why a signed-in person signs in. `again`: `prompt=login` or `max_age`, all steps anew, this account only.
   * `stronger`: what the session has proven counts, only what is missing is asked.
   */
  readonly because: 'again' | 'other_account' | 'stronger' | undefined
  /** Whether people are asked to add a passkey after a sign-in without one. */
  readonly promote_passkeys: boolean
  /** For how many days a person may have the second factor remembered at this browser; 0: not at all. */
  readonly remember_device_days: number
  /** Whether a remembered second factor counts in this sign-in. It never counts towards a class. */
  readonly accepts_remembered: boolean
}
