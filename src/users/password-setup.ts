/**
 * Links for setting a password, after an invitation or a reset by an administrator. The link is a sealed handle, so a
 * forged one is refused without I/O; only the hash of its secret is stored. Each user has at most one link, the newest;
 * it works once and expires.
 */
import type { AuditEvent } from '../audit/event.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { issueHandle, type OpenedHandle, openHandle } from '../kit/sealed-handle.ts'
import type { NewPasskey } from '../passkeys/passkey.ts'

export const passwordSetupPath = '/set-password'

/** A week; a shorter lifetime can be requested. */
export const defaultLinkSeconds = 7 * 86_400
export const maxLinkSeconds = 30 * 86_400
export const minLinkSeconds = 300

export interface SetupRouting {
  readonly user_id: string
}

/** The content of a link that is still valid. */
export interface PasswordSetup {
  readonly purpose: 'invitation' | 'reset'
  readonly has_password: boolean
  /** A passkey, or an authenticator app. */
  readonly has_factor: boolean
  /** An address that codes could be sent to. */
  readonly has_email: boolean
  /** Username and e-mail address. */
  readonly identifiers: readonly string[]
  /** Hashes of former passwords that must not be chosen again. */
  readonly former: readonly string[]
}

/** Looks a link up without using it, because mail scanners and previews open links too. One query. */
export type FindPasswordSetup = (userId: string, secretHash: string) => Promise<PasswordSetup | undefined>

/** What the holder of a link has chosen. */
export type ChosenCredential =
  | { readonly newHash: string }
  /** Beside a password: there may be one, which opens nothing. */
  | { readonly passkey: NewPasskey; readonly besidePassword: boolean }

/**
 * Uses the link and stores the password, or the passkey of an account that nothing signs in to, with its audit event in
 * one statement. A link that was sent proves the address.
 * @returns `invalid`: the link is used, replaced or expired, or the account is not active, or something signs in to it;
 * `taken`: somebody has this passkey
 */
export type CompletePasswordSetup = (input: {
  readonly userId: string
  readonly secretHash: string
  readonly chosen: ChosenCredential
  readonly event: AuditEvent
  /** Recorded where it also proves the address that the link was sent to, or accepts terms. */
  readonly accountChanged: AuditEvent
  /** The terms that its owner has accepted. */
  readonly termsVersion: string | undefined
}) => Promise<'stored' | 'invalid' | 'taken'>

/** Creates a link for a user; store `secretHash`, show `url` once. */
export async function issueSetupLink(
  root: RootSecret,
  issuer: string,
  userId: string,
): Promise<{ readonly url: string; readonly secretHash: string }> {
  const { handle, secretHash } = await issueHandle(root, 'il', { user_id: userId } satisfies SetupRouting)
  return { url: `${issuer}${passwordSetupPath}?link=${handle}`, secretHash }
}

/** @returns the content of the `link` parameter; `undefined` if this deployment did not issue it. Does no I/O. */
export const openSetupLink = (
  root: RootSecret,
  link: string,
): Promise<OpenedHandle<SetupRouting> | undefined> => openHandle<SetupRouting>(root, 'il', link)
