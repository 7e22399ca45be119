/**
 * A subscriber over Server-Sent Events. The object itself feeds the response stream, which keeps the object awake and
 * ends with it; the client then reconnects and resumes from `Last-Event-ID`.
 */
import { toServerSentEvent } from './stream-message.ts'
import type { Subscriber, SubscriberEvents } from './subscriber.ts'
import type { Subscription } from './subscription.ts'

/** Bytes buffered for a client before sending stops; one more event may already be in transit. */
const bufferBytes = 65_536

const encoder = new TextEncoder()

/** The subscriber, and the body its events go into. */
export function createSseSubscriber(
  subscription: Subscription,
  events: SubscriberEvents,
): { readonly subscriber: Subscriber; readonly body: ReadableStream<Uint8Array> } {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const subscriber: Subscriber = {
    subscription,
    cursor: subscription.after ?? 0,
    hasRoom: () => (controller?.desiredSize ?? 0) > 0,
    send: (message) => controller?.enqueue(encoder.encode(toServerSentEvent(message))),
    // Nothing survives this object except the ids its client has seen.
    save: () => undefined,
    close(reason) {
      subscriber.send({ kind: 'closed', reason })
      controller?.close()
      controller = undefined
    },
  }
  const body = new ReadableStream<Uint8Array>(
    {
      start(made) {
        controller = made
      },
      pull: () => events.onRoom(subscriber),
      cancel() {
        controller = undefined
        events.onGone(subscriber)
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: bufferBytes }),
  )
  return { subscriber, body }
}
