/** The filter of a live stream. Absent members do not restrict; all present ones must match. */

export interface StreamFilter {
  /** Event types; an event matches one of them or one of `families`. */
  readonly types?: readonly string[] | undefined
  /** First parts of types: `user` stands for `user.created`, `user.updated` … */
  readonly families?: readonly string[] | undefined
  /** The user concerned. */
  readonly user_id?: string | undefined
  readonly actor_id?: string | undefined
  readonly client_id?: string | undefined
  readonly outcome?: 'success' | 'failure' | undefined
}

/** The columns a filter looks at. */
export interface FilteredEvent {
  readonly type: string
  readonly user_id: string | null
  readonly actor_id: string | null
  readonly client_id: string | null
  readonly outcome: string
}

/** The first part of an event type. */
export const familyOf = (type: string): string => type.slice(0, type.indexOf('.'))

/** Whether `event` passes `filter`. The same rule in SQL is in `trail-reader.store.ts`. */
export function matches(filter: StreamFilter, event: FilteredEvent): boolean {
  const { types, families } = filter
  if (types || families) {
    if (!types?.includes(event.type) && !families?.includes(familyOf(event.type))) return false
  }
  return (
    (filter.user_id === undefined || filter.user_id === event.user_id) &&
    (filter.actor_id === undefined || filter.actor_id === event.actor_id) &&
    (filter.client_id === undefined || filter.client_id === event.client_id) &&
    (filter.outcome === undefined || filter.outcome === event.outcome)
  )
}
