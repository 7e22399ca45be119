/**
 * A subscriber over a hibernating WebSocket: state that must survive the object's eviction is attached to the socket. A
 * WebSocket of Workers does not show how much is still unsent, so the client acknowledges positions, and at most one
 * window of unacknowledged events is in transit.
 */
import { z } from 'zod'
import { toWebSocketMessage } from './stream-message.ts'
import type { Subscriber, SubscriberEvents } from './subscriber.ts'
import { closeCodes, type Subscription } from './subscription.ts'

/** Maximum of unacknowledged events; a client should acknowledge at least every half of it. */
export const windowEvents = 256

interface Attachment {
  readonly subscription: Subscription
  readonly cursor: number
  readonly unacknowledged: number
}

const acknowledgement = z.strictObject({ kind: z.literal('ack'), position: z.int().nonnegative() })
const maxMessage = 200

export interface SocketSubscriber extends Subscriber {
  /** Handles a message of the client; anything but an acknowledgement ends the stream. */
  receive(message: string | ArrayBuffer): void
}

/** @param socket accepted for hibernation */
export function createSocketSubscriber(
  socket: WebSocket,
  subscription: Subscription,
  events: Pick<SubscriberEvents, 'onRoom'>,
): SocketSubscriber {
  return build(socket, { subscription, cursor: subscription.after ?? 0, unacknowledged: 0 }, events)
}

/** The subscriber of a socket that hibernated. */
export function restoreSocketSubscriber(
  socket: WebSocket,
  events: Pick<SubscriberEvents, 'onRoom'>,
): SocketSubscriber {
  return build(socket, socket.deserializeAttachment() as Attachment, events)
}

function build(
  socket: WebSocket,
  attachment: Attachment,
  events: Pick<SubscriberEvents, 'onRoom'>,
): SocketSubscriber {
  const { subscription } = attachment
  /**
   * Positions in transit. After hibernation only their number is known, so only acknowledging the last one clears them.
   */
  let unacknowledged = Array.from({ length: attachment.unacknowledged }, () => attachment.cursor)

  const subscriber: SocketSubscriber = {
    subscription,
    cursor: attachment.cursor,
    hasRoom: () => unacknowledged.length < windowEvents,
    send(message) {
      if (message.kind === 'event') unacknowledged.push(message.event.position)
      // A closing socket accepts nothing; its close event follows.
      if (socket.readyState === WebSocket.OPEN) socket.send(toWebSocketMessage(message))
    },
    save() {
      const kept: Attachment = {
        ...{ subscription, cursor: subscriber.cursor, unacknowledged: unacknowledged.length },
      }
      socket.serializeAttachment(kept)
    },
    close(reason) {
      subscriber.send({ kind: 'closed', reason })
      socket.close(closeCodes[reason], reason)
    },
    receive(message) {
      const position = parse(message)
      if (position === undefined) return subscriber.close('bad_message')
      unacknowledged = unacknowledged.filter((sent) => sent > position)
      subscriber.save()
      events.onRoom(subscriber)
    },
  }
  return subscriber
}

function parse(message: string | ArrayBuffer): number | undefined {
  if (typeof message !== 'string' || message.length > maxMessage) return undefined
  try {
    return acknowledgement.safeParse(JSON.parse(message)).data?.position
  } catch {
    return undefined
  }
}
