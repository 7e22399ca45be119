/** The messages of a stream in both formats: Server-Sent Events and JSON over WebSocket. */
import { formatServerSentEvent } from '../../kit/server-sent-events.ts'
import type { FilteredEvent } from './stream-filter.ts'
import type { CloseReason } from './subscription.ts'

/** An event of the trail, ready to be sent. */
export interface StreamEvent extends FilteredEvent {
  readonly position: number
  /** The event as JSON, the same as throughout the admin API. */
  readonly json: string
}

export type StreamMessage =
  | { readonly kind: 'event'; readonly event: StreamEvent }
  /** No new events, and none omitted up to `position`; also a sign of life. */
  | { readonly kind: 'heartbeat'; readonly position: number }
  /** Events between `after` and `position` may be missing: the subscriber has not seen everything. */
  | {
      readonly kind: 'reset'
      readonly reason: 'events_removed' | 'unknown_position'
      readonly after: number
      readonly position: number
    }
  | { readonly kind: 'closed'; readonly reason: CloseReason }

/** Milliseconds a browser's EventSource waits before it reconnects. */
const retryMilliseconds = 2000

/** One block of `text/event-stream`. The id is the position, so that `Last-Event-ID` tells where to resume. */
export function toServerSentEvent(message: StreamMessage): string {
  switch (message.kind) {
    case 'event':
      return formatServerSentEvent({
        ...{ id: message.event.position, event: 'audit', data: message.event.json },
      })
    case 'heartbeat':
      // An id without data is remembered by the client and dispatches nothing (HTML §9.2.6).
      return formatServerSentEvent({ comment: 'heartbeat', id: message.position })
    case 'reset': {
      const { reason, after, position } = message
      return formatServerSentEvent({ event: 'reset', data: JSON.stringify({ reason, after, position }) })
    }
    case 'closed':
      return formatServerSentEvent({
        ...{ event: 'closed', retry: retryMilliseconds, data: JSON.stringify({ reason: message.reason }) },
      })
  }
}

/** One WebSocket text message. */
export function toWebSocketMessage(message: StreamMessage): string {
  switch (message.kind) {
    case 'event':
      return `{"kind":"event","position":${message.event.position},"event":${message.event.json}}`
    default:
      return JSON.stringify(message)
  }
}
