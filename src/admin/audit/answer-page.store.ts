/** What the lists of events have in common: order, cursor, count, page. */
import { z } from '@hono/zod-openapi'
import type { AuthorizedDatabase } from '../../access/authorized-database.store.ts'
import type { EventFilter } from '../../audit/search/event-filter.ts'
import { countEvents, selectEvents } from '../../audit/search/event-query.store.ts'
import { err } from '../../kit/result.ts'
import { answer } from '../operation.ts'
import { decodeCursor, encodeCursor, toPage } from '../page-cursor.ts'
import { invalidRequest } from '../problems.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import { auditEventSchema, type ShownEvent } from './audit-event.ts'

export const eventPageQuery = {
  ...pageQuery,
  order: z
    .enum(['asc', 'desc'])
    .default('desc')
    .openapi({ description: 'By position in the trail: newest (`desc`) or oldest (`asc`) first' }),
}

export const eventPage = pageOf('AuditEventPage', auditEventSchema)

/** One page in one round trip. */
export async function answerPage(
  db: AuthorizedDatabase,
  query: {
    readonly filter: EventFilter
    readonly q?: string | undefined
    readonly order: 'asc' | 'desc'
    readonly limit: number
    readonly cursor?: string | undefined
    readonly include_total: boolean
  },
) {
  const { filter, q, order, limit, cursor } = query
  const list = `audit:${order}`
  const place = cursor === undefined ? undefined : decodeCursor(list, cursor, ['position'])
  const [after] = place ?? []
  if (cursor !== undefined && !place) {
    return err(invalidRequest([{ parameter: 'cursor', detail: 'is no cursor of this list' }]))
  }
  const [rows = [], [counted] = []] = await db.runAll([
    selectEvents({ filter, q, order, after, limit: limit + 1 }),
    ...(query.include_total ? [countEvents({ filter, q })] : []),
  ])
  const events = (rows as readonly { event: ShownEvent }[]).map(({ event }) => event)
  const total = counted?.['count'] as number | undefined
  const page = toPage(events, limit, ({ position }) => encodeCursor(list, [position]), total)
  return answer(200, { items: [...page.items], page_info: page.page_info })
}
