/** A subscription, as the worker established it. Plain data: it survives hibernation. */
import type { LastingAuthorization } from '../../access/authorized.ts'
import type { StreamFilter } from './stream-filter.ts'

/** The reader's authorization is checked again with every page of events. */
export interface Subscription extends LastingAuthorization {
  readonly filter: StreamFilter
  /** Position of the last event the subscriber has; undefined: new events only. */
  readonly after: number | undefined
}

export type Transport = 'sse' | 'websocket'

/** Opens the stream of this region; the response is returned to the caller unchanged. */
export type OpenAuditStream = (subscription: Subscription, transport: Transport) => Promise<Response>

/** Why the server ends a stream. The subscriber may reconnect with its last id. */
export type CloseReason = 'token_ended' | 'forbidden' | 'too_slow' | 'bad_message'

/** WebSocket close codes (RFC 6455 §7.4.2 leaves 4000-4999 to applications). */
export const closeCodes: Readonly<Record<CloseReason, number>> = {
  bad_message: 4400,
  token_ended: 4401,
  forbidden: 4403,
  too_slow: 4408,
}
