/** What the lists of events have in common. */
import type { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { type EventFilter, eventFilterFields } from '../../audit/search/event-filter.ts'
import { countEvents, selectEvents, shownEvent } from '../../audit/search/event-query.store.ts'
import type { JsonRow } from '../../db/json-row.ts'
import { type Asked, defineListFrom, type List } from '../define-list.store.ts'
import { byPosition, eitherWay } from '../list-order.store.ts'
import type { Operation } from '../operation.ts'
import { pageOf } from '../schemas.ts'
import { auditEventSchema, type ShownEvent } from './audit-event.ts'

/** Not validated: that costs 2 ms for 200 events, and one malformed event must not hide the others. */
export const eventRow: JsonRow<ShownEvent> = { json: shownEvent, read: (event) => event as ShownEvent }

const page = { description: 'A page of events', schema: pageOf('AuditEventPage', auditEventSchema) }

type Described = Pick<
  List<ShownEvent, typeof auditEventSchema>,
  'id' | 'path' | 'summary' | 'description' | 'params'
>

interface EventList extends Described {
  /** Filters fixed by path parameters, by parameter name. */
  readonly decided?: Readonly<Partial<Record<keyof EventFilter, string>>>
  /** Searches by `q`. */
  readonly search?: { readonly q: z.ZodType }
}

/** Filtered, and paged by position like every list of events. */
export function defineEventList({ decided = {}, search, ...list }: EventList): Operation {
  const fields = Object.entries(eventFilterFields).filter(([name]) => !Object.hasOwn(decided, name))
  const filterOf = (query: Asked['query']): EventFilter =>
    Object.fromEntries([
      ...fields.map(([name]) => [name, query[name]]),
      ...Object.entries(decided).map(([name, parameter]) => [name, query[parameter]]),
    ])
  return defineListFrom(
    {
      query: { ...search, ...Object.fromEntries(fields) },
      statements({ query, isDescending, place, columns, limit }) {
        const filter = filterOf(query)
        const q = query['q'] as string | undefined
        const after = place && Number(place[0])
        const order = isDescending ? 'desc' : 'asc'
        return {
          page: selectEvents({ filter, q, order, after, limit }, columns),
          count: countEvents({ filter, q }),
        }
      },
    },
    {
      ...list,
      tag: 'Audit',
      permission: 'admin:audit:read',
      page,
      cursors: 'audit',
      key: [byPosition(sql`position`)],
      orders: eitherWay('desc', 'By position in the trail: newest (`desc`) or oldest (`asc`) first'),
      row: eventRow,
      view: (event) => event,
    },
  )
}
