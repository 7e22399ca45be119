/**
 * The copy of an account in its person's object: what a sign-in with a passkey needs, so that it asks no database. It
 * is used at any age, and compared with Postgres by the alarm that follows its use, once a minute at most; what was
 * taken away behind the server's back is noticed there. Pure.
 */
import type { AccountFactors } from '../authentication/sign-in-state.ts'
import type { Passkey } from './passkey.ts'

export interface CopiedPasskey
  extends Pick<
    Passkey,
    'credential_id' | 'rp_id' | 'public_key' | 'sign_count' | 'backup_eligible' | 'backed_up'
  > {
  /** A use that Postgres does not know yet (milliseconds since the Unix epoch). */
  readonly used_at?: number | undefined
}

/** An account as Postgres has it. */
export interface CopiedAccount {
  readonly status: 'active' | 'disabled'
  /** MACs of its identifiers, for the device cookie. */
  readonly identifier_macs: readonly string[]
  readonly factors: AccountFactors
  readonly passkeys: readonly CopiedPasskey[]
}

export interface AccountCopy extends CopiedAccount {
  readonly user_id: string
  /** When Postgres was read (milliseconds since the Unix epoch). */
  readonly read_at: number
}

/** A use that Postgres is to know. */
export interface PasskeyUsage {
  readonly credential_id: string
  readonly sign_count: number
  readonly backed_up: boolean
  /** Milliseconds since the Unix epoch. */
  readonly used_at: number
}

export interface ReadAccount extends Omit<CopiedAccount, 'identifier_macs'> {
  /** Normal forms of its identifiers. */
  readonly identifiers: readonly string[]
}

/**
 * Stores `uses` and reads the account; `undefined` when there is no such account.
 * @param eventsJson audit events that are stored in the same transaction (JSON array)
 */
export type ExchangeAccount = (
  userId: string,
  uses: readonly PasskeyUsage[],
  eventsJson?: string,
) => Promise<ReadAccount | undefined>

/** Stands for all passkeys of an account among those being taken away: it is no base64url. */
export const everyPasskey = '*'

/**
 * How old a copy may be to refuse somebody by it: a passkey may be new and an account enabled again. Within that time
 * nobody can make the object ask Postgres twice.
 */
export const refusalAgeMs = 5_000

/** How often at most a copy is compared with Postgres because it was used. */
const renewalMs = 60_000

/** When a copy with uses that Postgres does not know is to be compared (milliseconds since the Unix epoch). */
export const renewalDue = (copy: AccountCopy | undefined): number | undefined =>
  copy && unsentUses(copy).length > 0 ? copy.read_at + renewalMs : undefined

/** Whether the copy alone decides: it can accept the passkey, or has only just been read. */
export function decidesAlone(copy: AccountCopy | undefined, credentialId: string, now: number): boolean {
  if (!copy) return false
  if (now - copy.read_at < refusalAgeMs) return true
  return copy.status === 'active' && findPasskey(copy, credentialId) !== undefined
}

export const findPasskey = (copy: AccountCopy | undefined, credentialId: string): CopiedPasskey | undefined =>
  copy?.passkeys.find(({ credential_id }) => credential_id === credentialId)

/** Uses that Postgres does not know. */
export const unsentUses = (copy: AccountCopy | undefined): readonly PasskeyUsage[] =>
  (copy?.passkeys ?? []).flatMap(({ credential_id, sign_count, backed_up, used_at }) =>
    used_at === undefined ? [] : [{ credential_id, sign_count, backed_up, used_at }],
  )

/** The copy after a use; it is unsent until Postgres has been told. */
export const withUse = (copy: AccountCopy, usage: PasskeyUsage): AccountCopy => ({
  ...copy,
  passkeys: copy.passkeys.map((passkey) =>
    passkey.credential_id === usage.credential_id ? { ...passkey, ...usage } : passkey,
  ),
})

/** The copy without some passkeys. */
export const withoutPasskeys = (
  copy: AccountCopy,
  isGone: (credentialId: string) => boolean,
): AccountCopy => ({
  ...copy,
  passkeys: copy.passkeys.filter(({ credential_id }) => !isGone(credential_id)),
})

/**
 * The copy renewed from Postgres. Counters of passkeys it had are newer here; a use stays unsent unless it is among
 * those `sent`.
 */
export function renewCopy(
  old: AccountCopy | undefined,
  fresh: CopiedAccount,
  at: { readonly user_id: string; readonly read_at: number },
  sent: readonly PasskeyUsage[],
): AccountCopy {
  const isSent = ({ credential_id, used_at }: CopiedPasskey) =>
    sent.some((use) => use.credential_id === credential_id && use.used_at === used_at)
  const passkeys = fresh.passkeys.map((passkey) => {
    const known = findPasskey(old, passkey.credential_id)
    if (!known) return passkey
    const { sign_count, backed_up, used_at } = known
    return { ...passkey, sign_count, backed_up, used_at: isSent(known) ? undefined : used_at }
  })
  return { ...fresh, ...at, passkeys }
}
