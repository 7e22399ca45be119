/** A passkey (WebAuthn credential), and the ports to where passkeys are stored. */
import type { AuditEvent } from '../audit/event.ts'
import type { SecondFactors } from '../authentication/sign-in-state.ts'

/** Times are milliseconds since the Unix epoch. */
export interface Passkey {
  /** base64url. */
  readonly credential_id: string
  readonly user_id: string
  /** The domain it was made for; it works for no other (Web Authentication §5.1.2). */
  readonly rp_id: string
  /** COSE key, base64url. */
  readonly public_key: string
  readonly sign_count: number
  /** How it is reached (`internal`, `hybrid`, `usb` …), as the browser reported it. */
  readonly transports: readonly string[]
  /** Model of the authenticator, a UUID; all zeros when it does not say. */
  readonly aaguid: string
  /** Given by its owner. */
  readonly name: string
  /** May be synced to other devices. Otherwise the key never leaves its authenticator. */
  readonly backup_eligible: boolean
  readonly backed_up: boolean
  readonly attestation_format: string
  readonly last_used_at: number | undefined
  readonly created_at: number
}

/** What a new passkey states about itself; the database adds when. */
export type NewPasskey = Omit<Passkey, 'last_used_at' | 'created_at'>

/** More than anyone needs: their number bounds the copy in the person's object. */
export const maxPasskeys = 20

export const maxPasskeyNameLength = 64

export interface PasskeyStore {
  /** Those of one person, the newest first. One round trip. */
  list(userId: string): Promise<readonly Passkey[]>
  /**
   * Stores a passkey of an active account, with its event, in one transaction.
   * @returns `taken`: somebody has this credential; `full`: `maxPasskeys` exist; `gone`: no such active account;
   * `changed`: it has other factors than `judged`, by which somebody decided that this one may be added
   */
  insert(
    passkey: NewPasskey,
    judged: SecondFactors,
    event: AuditEvent,
  ): Promise<'stored' | 'taken' | 'full' | 'changed' | 'gone'>
  /** With its event, in one statement. @returns whether this person has such a passkey */
  rename(userId: string, credentialId: string, name: string, event: AuditEvent): Promise<boolean>
  /**
   * With its event, and the recovery codes with the last second factor, in one statement.
   * @returns whether this person had such a passkey
   */
  delete(userId: string, credentialId: string, event: AuditEvent): Promise<boolean>
}
