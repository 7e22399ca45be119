/**
 * One open stream over either transport. Nothing is buffered for a slow subscriber: sending stops, and resumes from the
 * trail when there is room again. So it costs a bounded amount of memory.
 */
import type { StreamMessage } from './stream-message.ts'
import type { CloseReason, Subscription } from './subscription.ts'

export interface Subscriber {
  readonly subscription: Subscription
  /** Everything up to this position was sent or did not pass the filter. */
  cursor: number
  /** Whether another event may be sent now. */
  hasRoom(): boolean
  /** Sends whether or not there is room; does nothing when the client is gone. */
  send(message: StreamMessage): void
  /** Stores `cursor` where it survives eviction. */
  save(): void
  close(reason: CloseReason): void
}

/** Notifications from the transport. */
export interface SubscriberEvents {
  /** The client consumed something: there may be room again. */
  onRoom(subscriber: Subscriber): void
  /** The client is gone. */
  onGone(subscriber: Subscriber): void
}
