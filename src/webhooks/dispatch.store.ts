/** Reads the trail for the endpoints that are enabled: by position, and never behind a write that may still commit. */
import { sql } from 'drizzle-orm'
import { mayStillDo } from '../access/rights.store.ts'
import { refuseToWait } from '../audit/stream/trail-reader.ts'
import { waitBrieflyForLocks } from '../db/fragments.ts'
import type { Row, RunBatch } from '../db/run-batch.ts'
import { disableEndpoint } from './disable-endpoint.store.ts'
import type { DispatchedPage, DispatchStore } from './dispatch-events.ts'
import { authorityOfEndpoints } from './endpoint-authority.ts'
import { isSent, readEventColumns, toReadEvent } from './read-event.store.ts'
import { type FilterColumns, filterOf } from './webhook-endpoint.ts'

const pageSize = 500
/** So that many events that nobody wants cost no scan of the whole trail. */
const pageWindow = 10_000

export const createDispatchStore = (runBatch: RunBatch): DispatchStore => ({
  async readPage(after) {
    const begin =
      after === undefined
        ? sql`(select min(after_position) from webhook_endpoints where enabled)`
        : sql`${after}::bigint`
    const [, endpoints = [], horizon = [], events = []] = await runBatch([
      // Writers of the trail queue behind a reader that waits for the lock.
      waitBrieflyForLocks,
      sql`
        select id, kind, event_types, client_ids, user_ids, actor_ids, outcome, after_position,
          ${mayStillDo(sql`authorized`, authorityOfEndpoints)} as is_authorized
        from webhook_endpoints where enabled and (expires_at is null or expires_at > now())`,
      // Only under the lock taken here is the next statement's snapshot final. With nothing new there is no lock.
      sql`
        select ${begin} as begin, authly_audit_horizon() as horizon
        where exists (select from audit_events where position > ${begin})`,
      sql`
        select ${readEventColumns}
        from audit_events
        where position > ${begin} and position <= ${begin} + ${pageWindow}::int and ${isSent}
        order by position limit ${pageSize}`,
    ]).catch(refuseToWait)
    return pageOf(after, endpoints, horizon[0], events)
  },

  async disable(id, reason, now) {
    await runBatch([disableEndpoint(id, reason, now)])
  },
})

function pageOf(
  after: number | undefined,
  endpoints: readonly Row[],
  horizon: Row | undefined,
  rows: readonly Row[],
): DispatchedPage {
  const events = rows.map(toReadEvent)
  const begin = horizon ? Number(horizon['begin']) : after
  const end = horizon ? Number(horizon['horizon']) : after
  const isFull = events.length === pageSize
  const upTo =
    begin === undefined || end === undefined
      ? undefined
      : isFull
        ? (events.at(-1)?.position ?? end)
        : Math.min(end, begin + pageWindow)
  return {
    endpoints: endpoints.map((row) => ({
      id: String(row['id']),
      kind: row['kind'] as 'endpoint' | 'listener',
      filter: filterOf(row as unknown as FilterColumns),
      after_position: Number(row['after_position']),
      is_authorized: row['is_authorized'] === true,
    })),
    events,
    upTo,
    more: upTo !== undefined && end !== undefined && upTo < end,
  }
}
