/**
 * One open stream, whatever carries it. Nothing is buffered for a subscriber who does not keep up: sending stops,
 * and goes on from the trail itself when there is room again. So a slow one costs a bounded amount of memory.
 */
import type { StreamMessage } from './stream-message.ts'
import type { CloseReason, Subscription } from './subscription.ts'

export interface Subscriber {
  readonly subscription: Subscription
  /** Everything up to this position was sent, or did not pass the filter. */
  cursor: number
  /** Whether another event may be sent now. */
  hasRoom(): boolean
  /** Sends whether or not there is room; does nothing when the other side has gone. */
  send(message: StreamMessage): void
  /** Notes `cursor` where it outlives eviction. */
  save(): void
  close(reason: CloseReason): void
}

/** What a carrier tells the stream. */
export interface SubscriberEvents {
  /** The subscriber took something: there may be room again. */
  onRoom(subscriber: Subscriber): void
  /** The other side has gone. */
  onGone(subscriber: Subscriber): void
}
