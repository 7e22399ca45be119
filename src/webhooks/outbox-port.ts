/** What is asked of the outbox of an endpoint. */
import type { Authorized } from '../access/authorized.ts'
import type { AuditEvent } from '../audit/event.ts'
import type { TrailEvent } from './payload.ts'
import type { EndpointKind } from './webhook-endpoint.ts'

/** An event that an endpoint is to get. */
export interface DueEvent {
  readonly event_id: string
  /** In the trail: the sequence number. */
  readonly position: number
  readonly type: string
  /** `user:<id>`, for the log. */
  readonly subject: string | null
}

/** A page of the trail, for one endpoint. */
export interface HandedPage {
  readonly webhook_id: string
  readonly kind: EndpointKind
  /** The page ends here: handed over again, it changes nothing. */
  readonly up_to: number
  readonly events: readonly DueEvent[]
}

/** Events that are sent again, although they were handed over before. */
export interface ReplayOrder {
  readonly id: string
  readonly webhook_id: string
  /** Checked again with each page: whoever loses the permission replays nothing more. */
  readonly authorized: Authorized
  /** RFC 3339; of the time when events were recorded. */
  readonly from: string
  readonly until: string
  readonly only: ReplayKind
}

export const replayKinds = {
  failed: 'deliveries that ended without success',
  missed: 'events that the endpoint has not got, for whatever reason',
  all: 'everything that matches its filter',
} as const

export type ReplayKind = keyof typeof replayKinds

/** What a listener is handed. */
export interface TakenEvent extends DueEvent {
  readonly attempts: number
}

export interface WebhookOutboxPort {
  /** Stores a page, and returns when it is on disk. */
  enqueue(page: HandedPage): Promise<void>
  /**
   * Sends this event, now, whether or not it was sent before. False: as many events as there may be are waiting.
   * @param orderId the same order again changes nothing; so with the ids of the next two
   * @param recorded for the trail: kept with the order, or neither is; so with the next two
   */
  sendAgain(webhookId: string, event: DueEvent, orderId: string, recorded: AuditEvent): Promise<boolean>
  /** Sends an event that the trail does not have. False: as many as there may be are waiting. */
  sendTest(webhookId: string, event: TrailEvent, recorded: AuditEvent): Promise<boolean>
  /** False: as many replays as there may be are waiting. */
  replay(order: ReplayOrder, recorded: AuditEvent): Promise<boolean>
  /** The endpoint has changed: looks at it again at once. */
  wake(): Promise<void>
  /**
   * For a listener: what it is to get next, when there is something or the time is over.
   * @param taken ids of what it has got since it asked last: they are not handed out again
   */
  take(taken: readonly string[], waitMs: number): Promise<readonly TakenEvent[]>
}

export type WebhookOutboxOf = (webhookId: string) => WebhookOutboxPort
