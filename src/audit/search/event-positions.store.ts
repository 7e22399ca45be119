/**
 * The places of a page of events, found by words (`audit_events.words`) whatever is asked:
 *
 *   near   the nearest 2,048 positions, one by one: common words fill the page here
 *   far    run by run of 32,768 positions, from the index of words, until the page is full; a run with many matches
 *          part by part of 2,048, so that no run costs much more than a page
 *
 * This depends neither on how common a word is nor on the planner guessing that. Each word is a condition of its
 * own: so the index leaps from match to match, instead of reading all places of the rarest word.
 */
import { type SQL, sql } from 'drizzle-orm'

/** As in `authly_audit_words`. */
const runLength = sql.raw('32768')
const partLength = sql.raw('2048')
const partsPerRun = sql.raw('16')
/** A run with more matches than this is read part by part. */
const mostUnordered = sql.raw('256')

export interface PositionQuery {
  /** What every match fulfils, in the index of words. */
  readonly inIndex: SQL
  /** The same exactly. */
  readonly exactly: SQL
  readonly order: 'asc' | 'desc'
  /** Position of the last event of the page before. */
  readonly after?: number | undefined
  readonly limit: number
}

const firstPosition = sql`(select coalesce(min(position), 0) from audit_events)`
const lastPosition = sql`(select coalesce(max(position), 0) from audit_events)`

/** Rows `{ position }`, the first `limit` in `order`. */
export function selectPositions({ inIndex, exactly, order, after, limit }: PositionQuery): SQL {
  const { direction, step, start, end, nearEnd, isOnward, isNear, isFar, parts } =
    order === 'asc' ? ascending(after) : descending(after)
  const matches = (place: SQL) =>
    sql`select position from audit_events where words @@ ${place} and ${inIndex} and ${exactly} and ${isFar}`
  return sql`
    with bounds as materialized (
      select start, ${nearEnd} as near_end, finish from (select ${start} as start, ${end} as finish) as ends),
    near as (
      select position from (
        select audit_events.* from bounds, lateral (
          select *, near_end from audit_events where ${isOnward} order by position ${direction} limit ${partLength}) as audit_events
      ) as audit_events
      where ${isNear} and ${inIndex} and ${exactly} limit ${limit}),
    far as (
      select found.position from bounds
      cross join lateral generate_series(near_end / ${runLength}, finish / ${runLength}, ${step}) as run (number)
      cross join lateral (
        select array(${matches(wordOfRun)} limit ${mostUnordered} + 1) as positions offset 0) as sample
      cross join lateral (
        (select position from unnest(positions) as one (position)
          where cardinality(positions) <= ${mostUnordered} order by position ${direction})
        union all
        (select inside.position from ${parts} as part (number)
          cross join lateral (
            select position from (${matches(wordOfPart)} offset 0) as matches
            order by position ${direction} limit ${limit}) as inside
          where cardinality(positions) > ${mostUnordered})
      ) as found
      limit ${limit})
    select position from (select position from near union all select position from far) as page limit ${limit}`
}

const wordOfRun = sql.raw(`('''r:' || run.number || '''')::tsquery`)
const wordOfPart = sql.raw(`('''p:' || part.number || '''')::tsquery`)

const ascending = (after?: number) => ({
  direction: sql.raw('asc'),
  step: sql.raw('1'),
  start: sql`${after === undefined ? firstPosition : sql`(${after}::bigint + 1)`}`,
  end: lastPosition,
  nearEnd: sql`start + ${partLength}`,
  isOnward: sql`position >= start`,
  isNear: sql`position < near_end`,
  isFar: sql`position >= near_end`,
  parts: sql`generate_series(run.number * ${partsPerRun}, run.number * ${partsPerRun} + ${partsPerRun} - 1)`,
})

const descending = (after?: number) => ({
  direction: sql.raw('desc'),
  step: sql.raw('-1'),
  start: sql`${after === undefined ? lastPosition : sql`(${after}::bigint - 1)`}`,
  end: firstPosition,
  nearEnd: sql`start - ${partLength}`,
  isOnward: sql`position <= start`,
  isNear: sql`position > near_end`,
  isFar: sql`position <= near_end`,
  parts: sql`generate_series(run.number * ${partsPerRun} + ${partsPerRun} - 1, run.number * ${partsPerRun}, -1)`,
})
