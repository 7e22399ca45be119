/** The port of storing a new password: the credential and its audit event in one statement. */
import type { AuditEvent } from '../audit/event.ts'

/**
 * Replaces the password if it is still `replacesHash` (two changes in parallel: one wins).
 * @returns false when it changed meanwhile
 */
export type ChangePassword = (input: {
  readonly userId: string
  readonly replacesHash: string
  readonly newHash: string
  readonly event: AuditEvent
}) => Promise<boolean>
