/**
 * Links by which a person sets a password: after an invitation, or when an administrator has reset theirs. The link
 * is a sealed handle, so a forged one is refused without I/O; of its secret only the hash is stored. One link per
 * person, the newest; it opens once and until it expires.
 */
import type { AuditEvent } from '../audit/event.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { issueHandle, type OpenedHandle, openHandle } from '../kit/sealed-handle.ts'

export const passwordSetupPath = '/set-password'

/** A week to find the message; a shorter time can be asked for. */
export const defaultLinkSeconds = 7 * 86_400
export const longestLinkSeconds = 30 * 86_400
export const shortestLinkSeconds = 300

export interface SetupRouting {
  readonly user_id: string
}

/** What stands behind a link that still opens. */
export interface PasswordSetup {
  readonly purpose: 'invitation' | 'reset'
  /** Username and e-mail address. */
  readonly identifiers: readonly string[]
}

/** Looks without using it up: mail scanners and previews open links too. One query. */
export type FindPasswordSetup = (userId: string, secretHash: string) => Promise<PasswordSetup | undefined>

/**
 * Uses the link up and stores the password, with its audit event: one statement.
 * @returns false when the link is used, replaced, expired, or the account is not active
 */
export type CompletePasswordSetup = (input: {
  readonly userId: string
  readonly secretHash: string
  readonly newHash: string
  readonly event: AuditEvent
}) => Promise<boolean>

/** A fresh link for a person; store `secretHash`, show `url` once. */
export async function issueSetupLink(
  root: RootSecret,
  issuer: string,
  userId: string,
): Promise<{ readonly url: string; readonly secretHash: string }> {
  const { handle, secretHash } = await issueHandle(root, 'il', { user_id: userId } satisfies SetupRouting)
  return { url: `${issuer}${passwordSetupPath}?link=${handle}`, secretHash }
}

/** Opens the `link` parameter; `undefined` for what this deployment did not issue. Does no I/O. */
export const openSetupLink = (
  root: RootSecret,
  link: string,
): Promise<OpenedHandle<SetupRouting> | undefined> => openHandle<SetupRouting>(root, 'il', link)
