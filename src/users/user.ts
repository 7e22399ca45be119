import type { Origin } from '../audit/event.ts'
import type { AccountFactors } from '../authentication/sign-in-state.ts'
import type { SealedSeed } from '../sessions/pending-sign-in.ts'

/** A user as the protocol and the pages see one. */
export interface User {
  readonly id: string
  readonly username: string | undefined
  readonly email: string | undefined
  readonly email_verified: boolean
  readonly phone_number: string | undefined
  readonly phone_number_verified: boolean
  readonly profile: Readonly<Record<string, unknown>>
  readonly roles: readonly string[]
  readonly status: 'active' | 'disabled'
  /** Milliseconds since the Unix epoch. */
  readonly updated_at: number
  /** Grows with every change. */
  readonly version: number
}

export interface UserWithPassword {
  readonly user: User
  readonly password: LoginPassword | undefined
  readonly factors: AccountFactors
  readonly otp_seeds: readonly SealedSeed[]
}

export interface LoginPassword {
  readonly hash: string
  readonly must_change: boolean
  /** Whether to look it up in the list of breached passwords (again). */
  readonly is_breach_check_due: boolean
}

export interface LoginLookup {
  /** The user with this e-mail address or username, with the password to check. */
  readonly person: UserWithPassword | undefined
  /** Whether any user has an imported hash that takes a different time to verify than ours. */
  readonly hasForeignHashes: boolean
}

/** By e-mail address or username as typed. One round trip. */
export type FindUserForLogin = (typed: string) => Promise<LoginLookup>
/** An active user by id, with what they sign in with. One round trip. */
export type FindUserForStepUp = (userId: string) => Promise<UserWithPassword | undefined>
/** Notes that the owner of an account has proven its address. One round trip. */
export type VerifyEmail = (proven: {
  readonly user_id: string
  readonly email: string
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  readonly origin: Origin
}) => Promise<void>
export type FindUser = (userId: string) => Promise<User | undefined>
