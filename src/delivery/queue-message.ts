/**
 * Queues messages. The request that queues one waits for the object to store it, never for a provider; from then on the
 * message is sent, whatever happens to this isolate.
 */
import type { Clock } from '../kit/clock.ts'
import { uuidv7 } from '../kit/ids.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { LanguageTag } from '../messages/languages.ts'
import type { ReadSettings } from '../settings/settings.ts'
import { toSettings } from '../settings/settings.ts'
import { identifierForm } from '../users/normal-form.ts'
import type { DestinationCodes } from './codes/code-port.ts'
import { holdMs } from './decide-delivery.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import type { Destination, QueuedMessage } from './message.ts'
import { toMessageBrand } from './message-brand.ts'
import type { Message } from './messages/index.ts'
import { sealMessage } from './sealed-message.ts'

/** The outbox of a destination, as its callers see it. */
export interface DestinationQueue {
  /** `full`: more messages wait than anybody could have asked for. */
  enqueue(message: QueuedMessage): Promise<'queued' | 'full'>
  release(messageId: string): Promise<void>
  discard(messageId: string): Promise<void>
}

/** @param name `destinationName` */
export type DestinationOf = (name: string) => DestinationQueue & DestinationCodes

export interface OutgoingMessage {
  readonly to: Destination
  /** Whom the message is about; for the audit trail. */
  readonly user_id: string | undefined
  readonly language: LanguageTag
  readonly message: Message
  /** Milliseconds since the Unix epoch. What it holds is worthless then, so it is not sent any more. */
  readonly expires_at: number
  /**
   * Waits for `release`, half a minute at most: for a message about a change that is not stored yet. Were it queued
   * after the change, a crash in between would lose it.
   */
  readonly held?: boolean
}

/** A message on its way. Both may fail: the message is sent then when its half minute has passed. */
export interface MessageTicket {
  readonly message_id: string
  /** Sends a held message now. */
  release(): Promise<void>
  /** Takes it back, unless it is sent already. */
  discard(): Promise<void>
}

/** `not_configured`: this deployment has no provider for the channel. */
export type QueueRefusal = 'not_configured' | 'full'

export type QueueMessage = (outgoing: OutgoingMessage) => Promise<Result<MessageTicket, QueueRefusal>>

/** What a message is made with. */
export interface MessageNeeds {
  readonly root: Pick<RootSecret, 'seal'>
  readonly now: Clock
  readonly config: { readonly issuer: string }
  readonly readSettings: ReadSettings
}

interface QueueNeeds extends MessageNeeds {
  readonly root: Pick<RootSecret, 'mac' | 'seal'>
  readonly config: { readonly issuer: string; readonly delivery: DeliverySettings }
  readonly destinationOf: (name: string) => DestinationQueue
}

/**
 * The name of a destination's object: a MAC, because names of objects are stored, and whoever reads them must not be able
 * to try addresses. One for all spellings of an address.
 */
export const destinationName = (
  root: Pick<RootSecret, 'mac'>,
  { channel, address }: Destination,
): Promise<string> => root.mac('message destination', `${channel} ${identifierForm(address)}`)

/** A message as the object of its destination takes it. */
export async function composeMessage(
  { root, now, config: { issuer }, readSettings }: MessageNeeds,
  message_id: string,
  { to, user_id, language, message, expires_at, held = false }: OutgoingMessage,
): Promise<QueuedMessage> {
  // Without settings messages look as they do by default, as pages do.
  const settings = await readSettings().catch(() => toSettings({}))
  const brand = toMessageBrand(settings, issuer)
  const at = now()
  const sealed = await sealMessage(root, message_id, {
    ...{ to, language, brand, message },
    host: new URL(issuer).host,
  })
  return {
    ...{ message_id, channel: to.channel, kind: message.kind, user_id, sealed },
    ...{ queued_at: at, due_at: held ? at + holdMs : at, expires_at },
  }
}

export function createQueueMessage(needs: QueueNeeds): QueueMessage {
  const { root, now, config, destinationOf } = needs
  return async (outgoing) => {
    const { to } = outgoing
    if (config.delivery[to.channel] === undefined) return err('not_configured')
    const message_id = uuidv7(now())
    const message = await composeMessage(needs, message_id, outgoing)
    const destination = destinationOf(await destinationName(root, to))
    if ((await destination.enqueue(message)) === 'full') return err('full')
    return ok({
      message_id,
      release: () => destination.release(message_id),
      discard: () => destination.discard(message_id),
    })
  }
}
