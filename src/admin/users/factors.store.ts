/**
 * Credentials besides the password. A kind (passkeys, one-time codes …) is one entry: how all of a person's are
 * removed. There is none yet.
 */
import type { SQL } from 'drizzle-orm'

export interface FactorKind {
  /** For the audit event, e.g. `passkey`. */
  readonly kind: string
  /** Deletes all of this kind that the person has. */
  readonly remove: (userId: string) => SQL
}

export const factorKinds: readonly FactorKind[] = []
