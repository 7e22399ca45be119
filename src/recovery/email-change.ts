/**
 * A person changes their e-mail address. Attack: who sits at an open session takes the account over by changing where its
 * codes go; whoever reads the old address can undo it for 72 hours.
 */

import { createEvent } from '../audit/create-event.ts'
import type { AuditEvent, Origin } from '../audit/event.ts'
import type { Config } from '../config.ts'
import { codeLifetimeSeconds } from '../delivery/codes/decide-code.ts'
import { type CodeNeeds, checkCode, issueCode } from '../delivery/codes/one-time-code.ts'
import { destinationName, type QueueMessage } from '../delivery/queue-message.ts'
import { uuidv7 } from '../kit/ids.ts'
import { retryOnce } from '../kit/retry-once.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { issueHandle, openHandle } from '../kit/sealed-handle.ts'
import { isUnavailable } from '../kit/unavailable.ts'
import { languageOfLocale } from '../messages/choose-language.ts'
import type { SessionsOf } from '../sessions/rules.ts'
import { identifierForm } from '../users/normal-form.ts'
import type { FindUserForLogin, User } from '../users/user.ts'
import { canRecover } from './can-recover.ts'
import { passwordVoided } from './not-me.ts'

export const undoEmailPath = '/email/undo'
const undoSeconds = 72 * 3600

export interface EmailChangeStore {
  /**
   * Stores the address, verified, with its event, and how it is undone if there was one before: one statement.
   * @returns `taken`: another account has it; `gone`: the account is not active, or its address is not `old_email` any more
   */
  change(input: {
    readonly id: string
    readonly user_id: string
    readonly old_email: string | undefined
    readonly email: string
    readonly undo_secret_hash: string
    /** Milliseconds since the Unix epoch. */
    readonly undo_expires_at: number
    readonly event: AuditEvent
  }): Promise<'changed' | 'taken' | 'gone'>
  /**
   * The address that a change put away, and whether it is back already; undefined when the change is too old, or was undone
   * and the account has another address now, or is not active.
   */
  findUndoable(
    change: UndoRouting,
    secretHash: string,
  ): Promise<{ readonly old_email: string; readonly is_undone: boolean } | undefined>
  /**
   * Puts the address back and ends this change and all later ones, with its event: one statement. With `voided`, its event,
   * it also deletes the password, and all passkeys and one-time passwords where none is older than the change.
   * @returns `over`: undone before
   */
  undo(
    change: UndoRouting & {
      readonly old_email: string
      readonly secretHash: string
      readonly event: AuditEvent
      readonly voided: AuditEvent | undefined
    },
  ): Promise<'undone' | 'taken' | 'over'>
}

/** Makes no request by itself. */
export type OpenEmailChangeStore = () => Promise<EmailChangeStore>

interface UndoRouting {
  readonly user_id: string
  readonly id: string
}

export interface EmailChangeNeeds extends CodeNeeds {
  readonly root: RootSecret
  readonly config: Pick<Config, 'issuer' | 'delivery'>
  readonly findUserForLogin: FindUserForLogin
  readonly queueMessage: QueueMessage
  readonly openEmailChangeStore: OpenEmailChangeStore
  readonly sessionsOf: SessionsOf
}

/** A change whose code was sent: it travels sealed in the form. */
interface PendingChange {
  readonly user_id: string
  readonly session_id: string
  readonly email: string
  readonly code_id: string
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

const purpose = 'email change'
const maxSealedLength = 2048

export type AskedChange =
  | { readonly status: 'sent'; readonly sealed: string }
  | { readonly status: 'wait'; readonly retry_after_seconds: number }

/**
 * Sends a code to the new address. Attack: whoever is signed in tries which addresses have accounts. The owner of one is
 * told, and gets no code; calls, rows and answer are the same.
 */
export async function askToChange(
  needs: EmailChangeNeeds,
  { user, session_id, email }: { readonly user: User; readonly session_id: string; readonly email: string },
): Promise<AskedChange> {
  const [{ person }, destination] = await Promise.all([
    needs.findUserForLogin(email),
    destinationName(needs.root, { channel: 'email', address: email }),
  ])
  const reader = person && person.user.id !== user.id ? person.user : user
  // Attack: whoever has a mailbox whose name folds to that of somebody (a dotless i) reads there that they have an account.
  const address = reader === user ? email : (reader.email ?? email)
  const issued = await issueCode(needs, {
    ...{ destination, asker: 'elsewhere', replaces: undefined, to: { channel: 'email', address } },
    account: { user_id: reader.id, address: email, password_hash: undefined },
    language: languageOfLocale(reader.profile['locale']).tag,
    message: ({ code }) =>
      reader === user
        ? { kind: 'email_code', params: { code, valid_seconds: codeLifetimeSeconds } }
        : { kind: 'address_used', params: {} },
  })
  if (issued.status !== 'issued') {
    return { status: 'wait', retry_after_seconds: issued.retry_after_seconds }
  }
  const pending: PendingChange = {
    ...{ user_id: user.id, session_id, email, code_id: issued.code_id },
    expires_at: needs.now() + codeLifetimeSeconds * 1000,
  }
  return { status: 'sent', sealed: await needs.root.seal(purpose, JSON.stringify(pending)) }
}

export type TriedChange =
  | { readonly status: 'changed' | 'wrong' | 'over' }
  | { readonly status: 'wait'; readonly retry_after_seconds: number }

/** Tries the code, and changes the address: whoever reads the old one is told. */
export async function tryChange(
  needs: EmailChangeNeeds,
  typed: { readonly user: User; readonly session_id: string; readonly sealed: string; readonly code: string },
  origin: Origin,
): Promise<TriedChange> {
  const { user } = typed
  const pending = await openPending(needs.root, typed.sealed)
  const now = needs.now()
  // Attack: the form of one session, sent in another one.
  const isOwn = pending?.user_id === user.id && pending.session_id === typed.session_id
  if (!pending || !isOwn || now >= pending.expires_at) return { status: 'over' }
  const { email, code_id } = pending
  const checked = await checkCode(needs, {
    destination: await destinationName(needs.root, { channel: 'email', address: email }),
    ...{ asker: 'elsewhere', code_id, code: typed.code },
    account: { user_id: user.id, address: email, password_hash: undefined },
  })
  if (checked.status === 'locked') return { status: 'wait', retry_after_seconds: checked.retry_after_seconds }
  if (checked.status !== 'right') return { status: checked.status }
  return (await change(needs, user, email, origin)) === 'changed' ? { status: 'changed' } : { status: 'over' }
}

async function openPending(root: RootSecret, sealed: string): Promise<PendingChange | undefined> {
  const json = sealed.length > maxSealedLength ? undefined : await root.open(purpose, sealed)
  return json === undefined ? undefined : (JSON.parse(json) as PendingChange)
}

async function change(
  needs: EmailChangeNeeds,
  user: User,
  email: string,
  origin: Origin,
): Promise<'changed' | 'taken' | 'gone'> {
  const now = needs.now()
  const undo_expires_at = now + undoSeconds * 1000
  const id = uuidv7(now)
  const { handle, secretHash } = await issueHandle(needs.root, 'eu', {
    user_id: user.id,
    id,
  } satisfies UndoRouting)
  const url = `${needs.config.issuer}${undoEmailPath}?link=${handle}`
  // Held, so that a crash after the change does not lose it. Attack: the address was mistyped and is a stranger's, who puts it
  // back when its owner has corrected it: one that nobody has proven undoes nothing.
  const queued =
    user.email === undefined || !user.email_verified
      ? undefined
      : await needs.queueMessage({
          ...{ user_id: user.id, to: { channel: 'email', address: user.email }, held: true },
          language: languageOfLocale(user.profile['locale']).tag,
          message: { kind: 'email_changed', params: { url, at: now, link_expires_at: undo_expires_at } },
          expires_at: undo_expires_at,
        })
  const settle = async (how: 'release' | 'discard') => {
    if (queued?.ok) await queued.value[how]().catch(() => undefined)
  }
  const store = await needs.openEmailChangeStore()
  const changed = await store
    .change({
      ...{
        id,
        user_id: user.id,
        old_email: user.email,
        email,
        undo_secret_hash: secretHash,
        undo_expires_at,
      },
      event: eventOf('email.changed', user.id, now, origin),
    })
    .catch(async (failure: unknown) => {
      if (!isUnavailable(failure)) await settle('discard')
      throw failure
    })
  await settle(changed === 'changed' ? 'release' : 'discard')
  if (changed === 'changed') {
    // Sign-ins that began with a code to the old address end; those codes are over by what they were made for.
    await retryOnce(() => needs.sessionsOf(user.id).factorsChanged({ now, user_id: user.id, origin }))
  }
  return changed
}

const eventOf = (type: 'email.changed' | 'email.restored', user_id: string, now: number, origin: Origin) =>
  createEvent(type, now, origin, {
    ...{ outcome: 'success', user_id, entity_type: 'user', entity_id: user_id },
    ...(type === 'email.changed' ? { actor_type: 'user', actor_id: user_id } : { actor_type: 'anonymous' }),
  })

/** Whether two texts are one address. */
export const isSameAddress = (one: string, other: string): boolean =>
  identifierForm(one) === identifierForm(other)

/** A link of ours. No I/O. */
export const openUndoLink = (root: RootSecret, link: string) => openHandle<UndoRouting>(root, 'eu', link)

/**
 * Puts the old address back. Every session ends, whatever becomes of the address: somebody who was not its owner changed
 * it. Attack: they know the password, and have added a factor, of which they alone were told: without them the owner
 * would be asked for it by every recovery. Where the address is not put back the password stays: it is all that its owner has.
 */
export async function undoChange(
  needs: Pick<
    EmailChangeNeeds,
    'root' | 'now' | 'config' | 'readSettings' | 'openEmailChangeStore' | 'sessionsOf'
  >,
  link: string,
  origin: Origin,
): Promise<'undone' | 'taken' | 'over'> {
  const opened = await openUndoLink(needs.root, link)
  if (!opened) return 'over'
  const { routing, secretHash } = opened
  const { user_id } = routing
  const [store, settings] = await Promise.all([needs.openEmailChangeStore(), needs.readSettings()])
  const found = await store.findUndoable(routing, secretHash)
  if (!found) return 'over'
  const { old_email, is_undone } = found
  const object = needs.sessionsOf(user_id)
  const [now, by] = [needs.now(), { actor_type: 'anonymous' } as const]
  const putBack = async () => {
    const event = eventOf('email.restored', user_id, now, origin)
    const voided = canRecover(settings, needs.config) ? passwordVoided(user_id, now, origin) : undefined
    // Attack: the thief's passkey signs in by the object's copy after Postgres has deleted it.
    const refusal = { now, origin, user_id, credential_ids: 'all', by } as const
    if (voided) await retryOnce(() => object.refusePasskeys(refusal))
    return store.undo({ ...routing, old_email, secretHash, event, voided })
  }
  // Pressed again, it makes nothing void: its owner may have recovered. But an object that failed the first time is told,
  // or the thief would stay signed in.
  const undone = is_undone ? 'undone' : await putBack()
  // After `over` too: another press was first, and may have failed here.
  await retryOnce(() => object.endAllSessions({ now, origin, reason: 'not_me', by }))
  return undone
}
