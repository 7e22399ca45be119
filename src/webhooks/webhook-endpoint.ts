/** Where events are sent: an endpoint with an address, or a listener, which asks for them. */
import type { WebhookFilter } from './filters.ts'

export type EndpointKind = 'endpoint' | 'listener'

/** Why an endpoint gets nothing any more. */
export const disabledReasons = {
  administrator: 'an administrator disabled it',
  gone: 'it answered 410',
  failing: 'it took nothing for five days',
  authority_lost: 'whoever answers for it may no longer read the audit trail or manage webhooks',
} as const

export type DisabledReason = keyof typeof disabledReasons

/** What the dispatcher knows of an endpoint that is enabled. */
export interface DispatchedEndpoint {
  readonly id: string
  readonly kind: EndpointKind
  readonly filter: WebhookFilter
  /** The end of the trail when it was enabled. */
  readonly after_position: number
  /** Whether whoever answers for it may still read what it gets. */
  readonly is_authorized: boolean
}

/** What an attempt needs of an endpoint. */
export interface DeliveredEndpoint {
  readonly url: string
  readonly is_enabled: boolean
  readonly is_authorized: boolean
  readonly keys: readonly SealedKeys[]
}

/** Keys of an endpoint as they are stored. */
export interface SealedKeys {
  readonly id: string
  readonly sealed_secret: string
  readonly sealed_private_key: string
}

/** The columns that are a filter; null does not restrict. */
export interface FilterColumns {
  readonly event_types: string[]
  readonly client_ids: string[] | null
  readonly user_ids: string[] | null
  readonly actor_ids: string[] | null
  readonly outcome: 'success' | 'failure' | null
}

export const filterOf = (row: FilterColumns): WebhookFilter => ({
  event_types: row.event_types,
  client_ids: row.client_ids ?? undefined,
  user_ids: row.user_ids ?? undefined,
  actor_ids: row.actor_ids ?? undefined,
  outcome: row.outcome ?? undefined,
})
