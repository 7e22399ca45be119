/** Sends links for setting a password, instead of handing them to the administrator. */
import type { MessageTicket, QueueMessage } from '../../delivery/queue-message.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { isUnavailable } from '../../kit/unavailable.ts'
import { languageOfLocale } from '../../messages/choose-language.ts'
import { conflict, invalidRequest, unavailable } from '../problems.ts'

interface SetupLinkMessage {
  readonly kind: 'invitation' | 'password_reset'
  readonly user_id: string
  /** Of the account. */
  readonly email: string | null | undefined
  readonly username: string | null | undefined
  /** The claim, a language tag. */
  readonly locale: unknown
  readonly url: string
  /** Milliseconds since the Unix epoch. */
  readonly link_expires_at: number
}

/**
 * Queues the message, held back until `storeAndSend`: nobody gets a link that is not stored, and a link that is stored
 * gets to its owner even if this isolate ends in between.
 * @param pointer of `send` in the request
 */
export async function queueSetupLink(
  queueMessage: QueueMessage,
  { kind, user_id, email, username, locale, url, link_expires_at }: SetupLinkMessage,
  pointer: string,
): Promise<Result<MessageTicket, Problem>> {
  if (!email) {
    return err(invalidRequest([{ pointer, detail: 'the account has no e-mail address to send the link to' }]))
  }
  const queued = await queueMessage({
    ...{ user_id, to: { channel: 'email', address: email }, held: true },
    language: languageOfLocale(locale).tag,
    message: { kind, params: { url, account: username ?? email, link_expires_at } },
    expires_at: link_expires_at,
  })
  if (queued.ok) return ok(queued.value)
  return err(queued.error === 'not_configured' ? noProvider : unavailable)
}

const noProvider = conflict('delivery_not_configured', 'This deployment sends no e-mail')

/**
 * Stores the change that the message is about, then lets the message go. A change that was refused takes it back; whether
 * an unreachable Postgres has stored it nobody knows, so the message goes then: its link opens nothing if it has not.
 */
export async function storeAndSend(
  ticket: MessageTicket | undefined,
  store: () => Promise<unknown>,
): Promise<void> {
  try {
    await store()
  } catch (error) {
    if (!isUnavailable(error)) await ticket?.discard().catch(() => undefined)
    throw error
  }
  // Should this fail, it goes by itself half a minute later.
  await ticket?.release().catch(() => undefined)
}
