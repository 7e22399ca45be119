/** Reads the trail for the live stream: by position alone, and never behind a write that may still commit. */

import { type SQL, sql } from 'drizzle-orm'
import { selectUnauthorized } from '../../access/rights.store.ts'
import { textArray, waitBrieflyForLocks } from '../../db/fragments.ts'
import { type Row, type RunBatch, textOrNull } from '../../db/run-batch.ts'
import { jsonLine } from '../../kit/json-line.ts'
import { shownEventJson } from '../event-json.ts'
import type { StreamFilter } from './stream-filter.ts'
import type { StreamEvent } from './stream-message.ts'
import { refuseToWait, type TrailReader } from './trail-reader.ts'

const pageSize = 500
/** How many positions one page of past events covers, so that a rare event does not cost a scan of the whole trail. */
const pastWindow = 10_000

export function createTrailReader(runBatch: RunBatch): TrailReader {
  const toEvent = (row: Row): StreamEvent => ({
    position: Number(row['position']),
    type: String(row['type']),
    outcome: String(row['outcome']),
    user_id: textOrNull(row['user_id']),
    actor_id: textOrNull(row['actor_id']),
    client_id: textOrNull(row['client_id']),
    json: jsonLine(row['event']),
  })

  return {
    async readTail(after, readers) {
      const statements = [
        // New writers queue behind a reader that waits for the lock.
        waitBrieflyForLocks,
        selectUnauthorized(readers),
        // Only under the lock taken here is the next statement's snapshot final.
        sql`SELECT authly_audit_horizon() AS horizon`,
        ...(after === undefined ? [] : [selectEvents(sql`position > ${after}`, pageSize)]),
      ]
      const [, denied = [], horizon = [], rows = []] = await runBatch(statements).catch(refuseToWait)
      const events = rows.map(toEvent)
      const more = events.length === pageSize
      return {
        events,
        more,
        upTo: more ? (events.at(-1)?.position ?? 0) : Number(horizon[0]?.['horizon']),
        forbidden: new Set(denied.map(({ key }) => String(key))),
      }
    },

    async readPast(after, upTo, { authorized, filter }) {
      const end = Math.min(after + pastWindow, upTo)
      const [denied = [], rows = []] = await runBatch([
        selectUnauthorized([authorized]),
        selectEvents(sql`position > ${after} AND position <= ${end} ${andFilter(filter)}`, pageSize),
      ])
      if (denied.length > 0) return undefined
      const events = rows.map(toEvent)
      return { events, upTo: events.length === pageSize ? (events.at(-1)?.position ?? end) : end }
    },

    async hasGaps(after) {
      const [rows = []] = await runBatch([
        sql`
          SELECT EXISTS (
            SELECT FROM audit_events AS removal JOIN audit_checkpoints AS checkpoint
              ON removal.entity_id = checkpoint.sequence::text
            WHERE removal.type = 'audit.events_removed' AND removal.position > ${after}
              AND checkpoint.last_position > ${after}
          ) AS gaps`,
      ])
      return rows[0]?.['gaps'] === true
    },
  }
}

const selectEvents = (condition: SQL, limit: number): SQL =>
  sql`SELECT position, type, outcome, user_id, actor_id, client_id, ${sql.raw(shownEventJson)} AS event
      FROM audit_events WHERE ${condition} ORDER BY position LIMIT ${limit}`

function andFilter({ types, families, user_id, actor_id, client_id, outcome }: StreamFilter): SQL {
  const conditions = [
    ...(types || families
      ? [
          sql`(type = ANY (${textArray(types ?? [])}) OR split_part(type, '.', 1) = ANY (${textArray(families ?? [])}))`,
        ]
      : []),
    ...(user_id === undefined ? [] : [sql`user_id = ${user_id}`]),
    ...(actor_id === undefined ? [] : [sql`actor_id = ${actor_id}`]),
    ...(client_id === undefined ? [] : [sql`client_id = ${client_id}`]),
    ...(outcome === undefined ? [] : [sql`outcome = ${outcome}`]),
  ]
  return sql.join(
    conditions.map((condition) => sql` AND ${condition}`),
    sql``,
  )
}
