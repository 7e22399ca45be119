/** The vocabulary of delivery: what a message is while it waits, and how an attempt to send one ends. */
import type { LanguageTag } from '../messages/languages.ts'
import type { Channel } from './channel.ts'
import type { MessageBrand } from './message-brand.ts'
import type { Message } from './messages/index.ts'

/** Where a message goes: an e-mail address, or a number in the form of E.164. */
export interface Destination {
  readonly channel: Channel
  readonly address: string
}

/**
 * All that a message is made of. It is rendered when it is sent, always from the same parts: a provider that knows the
 * message by its id sees the same content again.
 */
export interface MessageContent {
  readonly to: Destination
  readonly language: LanguageTag
  readonly brand: MessageBrand
  /** Host of the issuer. */
  readonly host: string
  readonly message: Message
}

/** A message in the outbox of its destination. Everything readable is here; the rest is sealed. */
export interface QueuedMessage {
  /** UUIDv7. The provider's idempotency key too. */
  readonly message_id: string
  readonly channel: Channel
  readonly kind: Message['kind']
  readonly user_id: string | undefined
  /** `MessageContent`. */
  readonly sealed: string
  /** Times are milliseconds since the Unix epoch. */
  readonly queued_at: number
  /** Not sent before. */
  readonly due_at: number
  /** Not sent from then on. */
  readonly expires_at: number
}

/** A message that was not taken. Reasons are fixed codes: what a provider writes may quote the address. */
export type SendOutcome =
  | { readonly outcome: 'sent' }
  /** The message or its destination is at fault: sending it again would not help. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** The provider, or our account there, is at fault: it may help. */
  | { readonly outcome: 'failed'; readonly reason: string; readonly retryAfterMs?: number | undefined }

export const refused = (reason: string): SendOutcome => ({ outcome: 'refused', reason })
export const failed = (reason: string, retryAfterMs?: number): SendOutcome => ({
  outcome: 'failed',
  reason,
  retryAfterMs,
})
