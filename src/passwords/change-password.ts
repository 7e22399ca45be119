/** The ports of stored passwords: reading one by user, and replacing it. */
import type { AuditEvent } from '../audit/event.ts'

export interface CurrentPassword {
  readonly hash: string
  /** Username and e-mail address: a new password must not be built from them. */
  readonly identifiers: readonly string[]
}

/** The password of an active user, by user id. One query. */
export type FindCurrentPassword = (userId: string) => Promise<CurrentPassword | undefined>

/**
 * Replaces the password if it is still `replacesHash` (two changes in parallel: one wins). The credential and
 * its audit event are one statement.
 * @returns false when it changed meanwhile
 */
export type ChangePassword = (input: {
  readonly userId: string
  readonly replacesHash: string
  readonly newHash: string
  readonly event: AuditEvent
}) => Promise<boolean>

/** Stores the same password under today's algorithm and costs, unless it changed meanwhile. */
export type RenewPasswordHash = (input: {
  readonly userId: string
  readonly replacesHash: string
  readonly newHash: string
}) => Promise<void>
