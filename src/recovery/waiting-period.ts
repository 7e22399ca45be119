/**
 * The waiting period of somebody who has lost every second factor: when it is over, a code to the mailbox opens the account
 * without one. Until then everybody who reads an address of the account can stop it, and so does a sign-in with the factor.
 */
import type { AuditEvent } from '../audit/event.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { issueHandle, openHandle } from '../kit/sealed-handle.ts'
import type { ChangePassword } from '../passwords/change-password.ts'

export const stopRecoveryPath = '/recovery/stop'

/** Times are milliseconds since the Unix epoch. */
export interface WaitingPeriod {
  readonly recovery_hash: string
  /** From when the account opens without its second factor, and until when. */
  readonly available_at: number
  readonly expires_at: number
}

export interface RecoveryState {
  readonly waiting: WaitingPeriod | undefined
  /**
   * Whether a role gives rights in administration, or demands a class of sign-in. Attack: whoever reads the mailbox of an
   * administrator needs only patience.
   */
  readonly is_barred: boolean
}

/** Of an active account; undefined when there is none. One round trip. */
export type FindRecovery = (userId: string) => Promise<RecoveryState | undefined>

/**
 * Stores a period with its event, unless it is stored. A period of before is over then.
 * @returns false when it was stored before, or the account is barred or not active
 */
export type StoreWaitingPeriod = (
  input: WaitingPeriod & { readonly user_id: string; readonly event: AuditEvent },
) => Promise<boolean>

/** Deletes the period, with its event. @returns whether there was one */
export type DeleteWaitingPeriod = (userId: string, event: AuditEvent) => Promise<boolean>

/**
 * Replaces the password as `ChangePassword` does, and removes all second factors, if the period is over and still stored:
 * one statement, so that nobody stops it in between.
 */
export type RecoverAccount = (
  input: Parameters<ChangePassword>[0] & {
    readonly recovery_hash: string
    readonly now: number
    readonly recovered: AuditEvent
  },
) => Promise<boolean>

export interface RecoveryStore {
  readonly find: FindRecovery
  readonly storeWaitingPeriod: StoreWaitingPeriod
  readonly deleteWaitingPeriod: DeleteWaitingPeriod
  readonly recoverAccount: RecoverAccount
}

/** Makes no request by itself. */
export type OpenRecoveryStore = () => Promise<RecoveryStore>

interface StopRouting {
  readonly user_id: string
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

/** The link of a notice; `recovery_hash` is what is stored of it. */
export async function issueStopLink(
  root: RootSecret,
  issuer: string,
  routing: StopRouting,
): Promise<{ readonly url: string; readonly recovery_hash: string }> {
  const { handle, secretHash } = await issueHandle(root, 'rc', routing)
  return { url: `${issuer}${stopRecoveryPath}?link=${handle}`, recovery_hash: secretHash }
}

/** Whose recovery a link stops; undefined for one that is not ours, or has expired. No I/O. */
export async function openStopLink(
  root: RootSecret,
  link: string | undefined,
  now: number,
): Promise<string | undefined> {
  const opened = link === undefined ? undefined : await openHandle<StopRouting>(root, 'rc', link)
  return opened && now < opened.routing.expires_at ? opened.routing.user_id : undefined
}

/** Whether the account opens now. */
export const isOver = ({ available_at, expires_at }: WaitingPeriod, now: number): boolean =>
  available_at <= now && now < expires_at
