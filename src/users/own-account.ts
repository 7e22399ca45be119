/** What people do with their own account, as the use cases see it. Each function is one round trip. */
import type { Origin } from '../audit/event.ts'

export interface OwnChange {
  readonly user_id: string
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  readonly origin: Origin
}

export interface OwnAccountStore {
  /**
   * Merges `profile` (RFC 7396) into the claims.
   * @param change.version that its owner has seen. `changed`: it has another one by now. `gone`: there is no such account
   */
  updateProfile(
    change: OwnChange & {
      readonly version: number
      readonly profile: Readonly<Record<string, string | null>>
    },
  ): Promise<'updated' | 'unchanged' | 'changed' | 'gone'>
  /**
   * Notes when the account is to be deleted; what was noted before stays.
   * @param change.due_at milliseconds since the Unix epoch, like the answer. `administrator`: they cannot leave by themselves
   */
  requestDeletion(
    change: OwnChange & { readonly due_at: number },
  ): Promise<{ readonly due_at: number } | 'administrator' | 'gone'>
  /** The account is not to be deleted. Nothing happens where it was not to be. `gone`: it is deleted */
  cancelDeletion(change: OwnChange): Promise<'kept' | 'gone'>
}

/** Makes no request by itself. */
export type OpenOwnAccount = () => Promise<OwnAccountStore>
