/** Hands a page of the trail to the outboxes of the endpoints that want its events. */
import type { Clock } from '../kit/clock.ts'
import { describeError } from '../kit/describe-error.ts'
import { type FilteredEvent, matches } from './filters.ts'
import type { DueEvent, WebhookOutboxOf } from './outbox-port.ts'
import { subjectNameOf } from './subject-name.ts'
import type { DisabledReason, DispatchedEndpoint } from './webhook-endpoint.ts'
import { testEventType } from './webhook-event-types.ts'

/** The members of an event that decide who gets it. */
export interface ReadEvent extends FilteredEvent {
  readonly id: string
  readonly position: number
  readonly entity_type: string | null
  readonly entity_id: string | null
}

export interface DispatchedPage {
  /** Those that are enabled now. */
  readonly endpoints: readonly DispatchedEndpoint[]
  readonly events: readonly ReadEvent[]
  /** No event can still appear up to here. Undefined: nothing is new, and nothing was read before. */
  readonly upTo: number | undefined
  /** The trail goes on behind this page. */
  readonly more: boolean
}

export interface DispatchStore {
  /**
   * Events behind `after`; without it, behind what the endpoints that are enabled have seen.
   * @throws TrailBusy while an audit write is open
   */
  readPage(after: number | undefined): Promise<DispatchedPage>
  disable(id: string, reason: DisabledReason, now: number): Promise<void>
}

export interface DispatchNeeds {
  readonly now: Clock
  readonly store: DispatchStore
  readonly outboxOf: WebhookOutboxOf
}

export interface Dispatched {
  readonly upTo: number | undefined
  readonly more: boolean
  /** How many endpoints there are that get events. */
  readonly endpoints: number
  /** How many events were handed over. */
  readonly handed: number
  /** Those that were asked about, and get events. */
  readonly ids: readonly string[]
  readonly failed: readonly FailedHandOver[]
}

/** An outbox that did not take the page. */
export interface FailedHandOver {
  readonly id: string
  /** What it has got before. */
  readonly after: number
  readonly reason: string
}

/**
 * Handed over again, a page changes nothing: whoever calls this stores `upTo` afterwards. An outbox that fails, or does
 * not answer, keeps nothing from the others.
 * @param isMeant which endpoints the page is for
 */
export async function dispatchEvents(
  needs: DispatchNeeds,
  after: number | undefined,
  isMeant: (id: string) => boolean,
): Promise<Dispatched> {
  const page = await needs.store.readPage(after)
  const meant = page.endpoints.filter(({ id }) => isMeant(id))
  // At once: one that hangs costs its time, and not that of those behind it in a row.
  const all = await Promise.all(meant.map((endpoint) => handOver(needs, endpoint, page, after)))
  const { upTo, more, endpoints } = page
  return {
    ...{ upTo, more },
    handed: all.reduce((sum, { handed }) => sum + handed, 0),
    failed: all.flatMap(({ failed }) => failed ?? []),
    endpoints: endpoints.filter(({ is_authorized }) => is_authorized).length,
    ids: meant.filter(({ is_authorized }) => is_authorized).map(({ id }) => id),
  }
}

async function handOver(
  { now, store, outboxOf }: DispatchNeeds,
  { id, kind, filter, after_position, is_authorized }: DispatchedEndpoint,
  { events, upTo }: DispatchedPage,
  after: number | undefined,
): Promise<{ readonly handed: number; readonly failed?: FailedHandOver }> {
  if (!is_authorized) {
    await store.disable(id, 'authority_lost', now())
    // What waits there is not sent in any case: it asks before each attempt.
    await outboxOf(id)
      .wake()
      .catch(() => undefined)
    return { handed: 0 }
  }
  if (upTo === undefined) return { handed: 0 }
  const wanted = events.filter(
    (event) => event.position > after_position && event.type !== testEventType && matches(filter, event),
  )
  if (wanted.length === 0) return { handed: 0 }
  try {
    await outboxOf(id).enqueue({ webhook_id: id, kind, up_to: upTo, events: wanted.map(toDueEvent) })
    return { handed: wanted.length }
  } catch (error) {
    return { handed: 0, failed: { id, after: after ?? after_position, reason: describeError(error) } }
  }
}

export const toDueEvent = (event: ReadEvent): DueEvent => ({
  event_id: event.id,
  position: event.position,
  type: event.type,
  subject: subjectNameOf(event),
})
