/** Ports to stored passwords: reading one by user, and replacing it. */
import type { AuditEvent } from '../audit/event.ts'

export interface CurrentPassword {
  /** Undefined: the account has no password. */
  readonly hash: string | undefined
  /** Username and e-mail address: a new password must not be based on them. */
  readonly identifiers: readonly string[]
  /** Hashes of former passwords that must not be chosen again (setting `passwords.history`), the latest first. */
  readonly former: readonly string[]
}

/** The password of an active user, by user id; undefined when there is no such user. One query. */
export type FindCurrentPassword = (userId: string) => Promise<CurrentPassword | undefined>

/**
 * Replaces the password if its hash is still `replacesHash` (undefined: if there is still none), so that one of two
 * concurrent changes wins. The credential and its audit event are one statement.
 * @returns false when it changed in the meantime
 */
export type ChangePassword = (input: {
  readonly userId: string
  readonly replacesHash: string | undefined
  readonly newHash: string
  readonly event: AuditEvent
}) => Promise<boolean>

/** Rehashes the same password with the current algorithm and costs, unless it changed in the meantime. */
export type RenewPasswordHash = (input: {
  readonly userId: string
  readonly replacesHash: string
  readonly newHash: string
}) => Promise<void>
