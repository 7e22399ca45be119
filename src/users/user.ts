/** A person as the protocol and the pages see them. */
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
}

export interface UserWithPassword {
  readonly user: User
  readonly password: { readonly hash: string; readonly must_change: boolean } | undefined
}

export interface FoundForLogin {
  /** The person behind an e-mail address or username, with the password to check. */
  readonly person: UserWithPassword | undefined
  /** Whether anybody has a password hash that takes another time to verify than ours (imported, not renewed yet). */
  readonly hasForeignHashes: boolean
}

/** By e-mail address or username, as it was typed. One round trip. */
export type FindUserForLogin = (typed: string) => Promise<FoundForLogin>
export type FindUser = (userId: string) => Promise<User | undefined>
