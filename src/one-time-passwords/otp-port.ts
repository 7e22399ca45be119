/** Generators and recovery codes in Postgres, as the use cases see them. Each function is one round trip. */
import type { AuditEvent } from '../audit/event.ts'
import type { SecondFactors } from '../authentication/sign-in-state.ts'
import type { ListedGenerator, SealedGenerator } from './generator.ts'
import type { StoredGenerator } from './seal-imported.ts'

export interface RecoveryCodeState {
  readonly unused: number
  /** Milliseconds since the Unix epoch; undefined: none was used. */
  readonly last_used_at: number | undefined
}

export interface OtpStore {
  /** The newest first. */
  list(userId: string): Promise<readonly ListedGenerator[]>
  /** For a sign-in that needs one of them. */
  findSealed(userId: string): Promise<readonly SealedGenerator[]>
  /**
   * `known`: this enrolment was confirmed before. `full`: the account has `maxGenerators`. `changed`: it has other factors
   * than `judged`, by which somebody decided that this one may be added.
   */
  add(
    userId: string,
    generator: StoredGenerator,
    judged: SecondFactors,
    event: AuditEvent,
  ): Promise<'added' | 'known' | 'full' | 'changed' | 'gone'>
  /** @returns whether this person has it */
  rename(userId: string, id: string, name: string, event: AuditEvent): Promise<boolean>
  /** Removes it, and the recovery codes with the last second factor. @returns whether this person had it */
  remove(userId: string, id: string, event: AuditEvent): Promise<boolean>
  /** Makes the codes of a counter and all before it worthless. @returns false when they were so already */
  spendCounter(userId: string, id: string, counter: number): Promise<boolean>
  recoveryCodes(userId: string): Promise<RecoveryCodeState>
  /**
   * Replaces the set by one that was drawn at `drawnAt` (milliseconds since the Unix epoch).
   * @returns false when the account has a set that is younger, or no second factor
   */
  replaceRecoveryCodes(
    userId: string,
    hashes: readonly string[],
    drawnAt: number,
    event: AuditEvent,
  ): Promise<boolean>
  /** Uses up a code. @returns how many are left; undefined when it is none, or was used */
  useRecoveryCode(userId: string, hash: string): Promise<number | undefined>
}

/** Makes no request by itself. */
export type OpenOtpStore = () => Promise<OtpStore>
