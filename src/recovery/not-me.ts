/**
 * "This was not me": whoever reads a notice takes the account back. It signs nobody in and shows nothing of the account: who
 * reads the mailbox can at most sign the owner out and make them recover. Attack: a thief knows the password, so that to
 * have it changed at the next sign-in would let the thief choose the next one.
 */
import { createEvent } from '../audit/create-event.ts'
import type { AuditEvent, Origin } from '../audit/event.ts'
import type { Clock } from '../kit/clock.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { issueHandle, type OpenedHandle, openHandle } from '../kit/sealed-handle.ts'
import type { SessionsOf } from '../sessions/rules.ts'

export const notMePath = '/not-me'
export const notMeSeconds = 7 * 86_400

/** Clocks of Postgres and of workers differ. */
const toleranceMs = 60_000

/**
 * For how long the link also takes first factors away that were added meanwhile. Attack: a thief adds a passkey to an account
 * that had none, and its owner would be asked for it for ever. Older ones stay, or a reader of the mailbox gets rid of them.
 */
const factorsMs = 72 * 3_600_000

/** Times are milliseconds since the Unix epoch. */
interface NotMeRouting {
  readonly user_id: string
  /** When it happened. */
  readonly at: number
  readonly expires_at: number
}

/**
 * Deletes the password of an active account, with its event, unless it was set after `until`: it has been recovered since.
 * With `factors_since` it also deletes all passkeys and one-time passwords, where none of them is older than that.
 * @returns `newer`: it was; `gone`: there is no such account
 */
export type VoidPassword = (input: {
  readonly user_id: string
  readonly until: number
  readonly factors_since: number | undefined
  readonly event: AuditEvent
}) => Promise<'void' | 'newer' | 'gone'>

export async function issueNotMeLink(
  root: RootSecret,
  issuer: string,
  routing: NotMeRouting,
): Promise<string> {
  const { handle } = await issueHandle(root, 'nm', routing)
  return `${issuer}${notMePath}?link=${handle}`
}

/** Undefined: not ours, or expired. No I/O. */
export async function openNotMeLink(
  root: RootSecret,
  link: string | undefined,
  now: number,
): Promise<OpenedHandle<NotMeRouting> | undefined> {
  const opened = link === undefined ? undefined : await openHandle<NotMeRouting>(root, 'nm', link)
  return opened && now < opened.routing.expires_at ? opened : undefined
}

/**
 * Makes the password void and ends all that is open.
 * @returns whether the link did it: it works once, and not after another password was set
 */
export async function disown(
  needs: {
    readonly root: RootSecret
    readonly now: Clock
    readonly voidPassword: VoidPassword
    readonly sessionsOf: SessionsOf
  },
  link: string,
  origin: Origin,
): Promise<boolean> {
  const now = needs.now()
  const opened = await openNotMeLink(needs.root, link, now)
  if (!opened) return false
  const { routing, secretHash } = opened
  const { user_id, at, expires_at } = routing
  const event = passwordVoided(user_id, now, origin)
  // First, so that a failure in between can be repeated: the object uses the link up.
  const voided = await needs.voidPassword({
    ...{ user_id, until: at + toleranceMs, event },
    factors_since: now < at + factorsMs ? at - toleranceMs : undefined,
  })
  if (voided !== 'void') return false
  return needs.sessionsOf(user_id).disown({ now, origin, link_hash: secretHash, expires_at })
}

export const passwordVoided = (user_id: string, now: number, origin: Origin): AuditEvent =>
  createEvent('password.voided', now, origin, {
    ...{ outcome: 'success', actor_type: 'anonymous', user_id },
  })
