/**
 * Queries over the trail, newest or oldest first by `position`: through the indexes of `audit_events`, and by full-text
 * search, which covers all events but those of every token request.
 */
import { type SQL, sql } from 'drizzle-orm'
import { shownEventJson } from '../event-json.ts'
import { auditEventTypes } from '../event-types.ts'
import { familyOf } from '../stream/stream-filter.ts'
import type { EventFilter } from './event-filter.ts'

export interface EventQuery {
  readonly filter: EventFilter
  /** Full-text search. */
  readonly q?: string | undefined
  readonly order: 'asc' | 'desc'
  /** Position of the last event of the previous page. */
  readonly after?: number | undefined
  readonly limit: number
}

/** An event as the API shows it. */
export const shownEvent = sql.raw(shownEventJson)

/**
 * Rows `{ event }`; ask for one more than the page holds.
 * @param columns what to select of `audit_events`
 */
export function selectEvents(query: EventQuery, columns: SQL = sql`${shownEvent} as event`): SQL {
  const { filter, q, order, after, limit } = query
  const direction = sql.raw(order)
  const comparison = sql.raw(order === 'asc' ? '>' : '<')
  const isBeyond = after === undefined ? sql`true` : sql`position ${comparison} ${after}`
  const condition = sql`${matches(filter, q)} and ${isBeyond}`
  if (q === undefined && isAside(query)) {
    // `offset 0` keeps Postgres from walking the trail until a page is full: it takes events to be spread evenly, but
    // those of a day stand together, far from where the walk begins. The index of the time or address has it all.
    return sql`
      select ${columns} from audit_events where position in (
        select position from (select position from audit_events where ${condition} offset 0) as matching
        order by position ${direction} limit ${limit}
      ) order by position ${direction}`
  }
  if (q === undefined) {
    return sql`select ${columns} from audit_events where ${condition} order by position ${direction} limit ${limit}`
  }
  // Postgres cannot estimate how many events contain all terms. Few matches are collected from the term index and
  // sorted; with many, walking the trail fills a page soon. Otherwise two frequent terms that never occur together
  // would cause a scan of the whole trail.
  return sql`
    with sample as materialized (
      select position from audit_events where ${condition} limit ${maxSorted} + 1
    ), page as (
      (select position from sample where (select count(*) from sample) <= ${maxSorted}
        order by position ${direction} limit ${limit})
      union all
      (select position from audit_events where (select count(*) from sample) > ${maxSorted} and ${condition}
        order by position ${direction} limit ${limit})
    )
    select ${columns} from audit_events where position in (select position from page) order by position ${direction}`
}

/** Whether what matches may lie far from the end of the trail at which the list begins. */
const isAside = ({ filter: { ip, from, to }, order }: EventQuery): boolean =>
  ip !== undefined || (order === 'asc' ? from : to) !== undefined

const maxSorted = 2000

/** One row `{ count }` of all matches. */
export const countEvents = ({ filter, q }: Pick<EventQuery, 'filter' | 'q'>): SQL =>
  sql`select count(*)::int as count from audit_events where ${matches(filter, q)}`

const textColumns = [
  ...['outcome', 'actor_type', 'actor_id', 'user_id', 'client_id'],
  ...['entity_type', 'entity_id', 'session_id', 'request_id'],
] as const

function matches(filter: EventFilter, q: string | undefined): SQL {
  const all = [sql`true`]
  for (const name of textColumns) {
    if (filter[name] !== undefined) all.push(sql`${sql.identifier(name)} = ${filter[name]}`)
  }
  const { types, families, ip, from, to } = filter
  if (types) all.push(isOneOf(types))
  if (families) all.push(isOneOf(auditEventTypes.filter((type) => families.includes(familyOf(type)))))
  if (ip !== undefined) all.push(sql`authly_inet(ip) <<= ${ip}::inet`)
  if (from !== undefined) all.push(sql`occurred_at >= ${from}::timestamptz`)
  if (to !== undefined) all.push(sql`occurred_at < ${to}::timestamptz`)
  const terms = splitTerms(q ?? '').map(termQuery)
  if (terms.length > 0) all.push(sql`search_terms @@ (${sql.join(terms, sql` && `)})`)
  return sql.join(all, sql` and `)
}

const isOneOf = (types: readonly string[]): SQL =>
  sql`type in (${sql.join(
    types.map((type) => sql`${type}`),
    sql`, `,
  )})`

/** A term both as parsed by Postgres and as a whole, because ids and addresses are indexed whole. */
const termQuery = (term: string): SQL =>
  // For a plain word both are the same, so one condition is enough.
  /^[a-z0-9]+$/i.test(term) && !/^[0-9]+e?[0-9]*$/i.test(term)
    ? sql`${lexeme(term)}::tsquery`
    : sql`(phraseto_tsquery('simple', ${term}) || ${lexeme(term)}::tsquery)`

/** The terms of a search text; quoted ones stay together. */
export const splitTerms = (text: string): readonly string[] =>
  [...text.matchAll(/"([^"]+)"|[^\s"]+/g)]
    .map(([whole, quoted]) => (quoted ?? whole).trim())
    .filter((term) => term !== '')
    .slice(0, 8)

/** Maximum length of an indexed term (`authly_search_terms`). */
const maxCharacters = 500

const lexeme = (text: string): string =>
  `'${[...text.toLowerCase()].slice(0, maxCharacters).join('').replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
