/**
 * Queries over the trail, newest or oldest first by `position`. Two ways, both bounded whatever is asked:
 *
 *   one filter that has an index in this order   a range of that index
 *   anything else, words and times included      the index of words (`authly_audit_words`), run by run of 32,768
 *                                                positions from the end, until the page is full
 *
 * The second never depends on how common a word is, nor on the planner guessing that: within a run the index
 * intersects all words, and the page is full early where words are common. Conditions that repeat what the words
 * say are written so that no other index is taken for them.
 */
import { type SQL, sql } from 'drizzle-orm'
import { shownEventJson } from '../../audit/shown-event.ts'
import type { EventFilter } from './event-filter.ts'

export interface EventQuery {
  readonly filter: EventFilter
  readonly words?: string | undefined
  readonly order: 'asc' | 'desc'
  /** Position of the last event of the page before. */
  readonly after?: number | undefined
  readonly limit: number
}

const runLength = 32_768

/** An event as the API shows it. */
export const shownEvent = sql.raw(shownEventJson)

/**
 * Rows `{ event }`; ask for one more than the page holds.
 * @param columns what to select of `audit_events`
 */
export function selectEvents(query: EventQuery, columns: SQL = sql`${shownEvent} as event`): SQL {
  const { filter, order, after, limit, words } = query
  const direction = sql.raw(order)
  const beyond =
    after === undefined
      ? sql``
      : order === 'asc'
        ? sql`and position > ${after}`
        : sql`and position < ${after}`
  const range = words === undefined ? indexRange(filter) : undefined
  if (range) {
    return sql`select ${columns} from audit_events where ${range} ${beyond} order by position ${direction} limit ${limit}`
  }
  const first = sql`(select coalesce(min(position), 0) from audit_events)`
  const last = sql`(select coalesce(max(position), 0) from audit_events)`
  const [begin, end] = order === 'asc' ? [after ?? first, last] : [after ?? last, first]
  const step = sql.raw(order === 'asc' ? '1' : '-1')
  return sql`
    select ${columns} from (
      select found.* from generate_series((${begin})::bigint / ${runLength}, ${end} / ${runLength}, ${step}) as run (number)
      cross join lateral (
        select * from (
          select * from audit_events
          where authly_audit_words(audit_events) @@ (${wordsOf(query)} && ('''p:' || run.number || '''')::tsquery)
            and ${conditions(filter)} ${beyond}
          offset 0
        ) as matches
        order by position ${direction} limit ${limit}
      ) as found
      limit ${limit}
    ) as audit_events
    order by position ${direction}`
}

/** One row `{ count }` of all matches. */
export const countEvents = ({ filter, words }: Pick<EventQuery, 'filter' | 'words'>): SQL => {
  const range = words === undefined ? indexRange(filter) : undefined
  return range
    ? sql`select count(*)::int as count from audit_events where ${range}`
    : sql`select count(*)::int as count from audit_events
          where ${matchesWords({ filter, words })} and ${conditions(filter)}`
}

/** An empty tsquery matches nothing, so without words there is no such condition. */
const matchesWords = (query: Pick<EventQuery, 'filter' | 'words'>): SQL =>
  sql`(numnode(${wordsOf(query)}) = 0 or authly_audit_words(audit_events) @@ ${wordsOf(query)})`

/** The condition, if one index in the order of positions answers it alone. */
function indexRange(filter: EventFilter): SQL | undefined {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined)
  if (given.length === 0) return sql`true`
  const { entity_type, entity_id } = filter
  if (given.length === 2 && entity_type !== undefined && entity_id !== undefined) {
    return sql`entity_type = ${entity_type} and entity_id = ${entity_id}`
  }
  const [[name, value] = []] = given
  if (given.length !== 1) return undefined
  if (name === 'types' && filter.types?.length === 1) return sql`type = ${filter.types[0]}`
  const indexed = ['user_id', 'client_id', 'actor_id']
  return name !== undefined && indexed.includes(name) ? sql`${sql.identifier(name)} = ${value}` : undefined
}

const textColumns = [
  ...['outcome', 'actor_type', 'actor_id', 'user_id', 'client_id'],
  ...['entity_type', 'entity_id', 'session_id', 'request_id'],
] as const

/** All filters, exactly. The words have narrowed the rows down already: `|| ''` keeps other indexes out. */
function conditions(filter: EventFilter): SQL {
  const all = [sql`true`]
  for (const name of textColumns) {
    if (filter[name] !== undefined) all.push(sql`(${sql.identifier(name)} || '') = ${filter[name]}`)
  }
  if (filter.types) all.push(sql`(type || '') in (${list(filter.types)})`)
  if (filter.families) all.push(sql`split_part(type, '.', 1) in (${list(filter.families)})`)
  if (filter.ip !== undefined) all.push(sql`authly_inet(ip) <<= ${filter.ip}::inet`)
  if (filter.from !== undefined) all.push(sql`occurred_at + interval '0' >= ${filter.from}::timestamptz`)
  if (filter.to !== undefined) all.push(sql`occurred_at + interval '0' < ${filter.to}::timestamptz`)
  return sql.join(all, sql` and `)
}

const list = (values: readonly string[]): SQL =>
  sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )

/** A tsquery that every match fulfils. */
function wordsOf({ filter, words }: Pick<EventQuery, 'filter' | 'words'>): SQL {
  const exact = textColumns.flatMap((name) => (filter[name] === undefined ? [] : [lexeme(filter[name])]))
  if (filter.types) exact.push(anyOf(filter.types))
  if (filter.families) exact.push(anyOf(filter.families))
  if (filter.ip?.includes('.') && !filter.ip.includes('/')) exact.push(lexeme(filter.ip))
  const times = timeWords(filter)
  if (times.length > 0) exact.push(anyOf(times))
  const parts = [sql`${exact.join(' & ')}::tsquery`, ...splitWords(words ?? '').map(wordQuery)]
  return sql`(${sql.join(parts, sql` && `)})`
}

/** A word as the parser sees it, or as a whole: ids and addresses are whole words. */
const wordQuery = (word: string): SQL =>
  // Both are the same for a plain word: asking once is half the work.
  /^[a-z0-9]+$/i.test(word) && !/^[0-9]+e?[0-9]*$/i.test(word)
    ? sql`${lexeme(word)}::tsquery`
    : sql`(phraseto_tsquery('simple', ${word}) || ${lexeme(word)}::tsquery)`

/** Words of a search; quoted ones stay together. */
export const splitWords = (text: string): readonly string[] =>
  [...text.matchAll(/"([^"]+)"|[^\s"]+/g)]
    .map(([whole, quoted]) => (quoted ?? whole).trim())
    .filter((word) => word !== '')
    .slice(0, 8)

const lexeme = (text: string): string =>
  `'${text.toLowerCase().replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

const anyOf = (texts: readonly string[]): string => `(${texts.map(lexeme).join(' | ')})`

const dayMs = 86_400_000
const daysPerMonth = 32
/** Longer times are nearly everything. */
const mostMonths = 120

/** Days of a short time, runs of 32 days of a long one. */
function timeWords({ from, to }: EventFilter): readonly string[] {
  if (from === undefined && to === undefined) return []
  const lastDay = Math.floor((to === undefined ? Date.now() + dayMs : Date.parse(to)) / dayMs)
  const earliest = lastDay - mostMonths * daysPerMonth + daysPerMonth
  const firstDay = from === undefined ? earliest : Math.floor(Date.parse(from) / dayMs)
  const days = lastDay - firstDay + 1
  if (days <= 0) return ['d:none']
  if (days <= 31) return Array.from({ length: days }, (_, index) => `d:${firstDay + index}`)
  const firstMonth = Math.floor(firstDay / daysPerMonth)
  const months = Math.floor(lastDay / daysPerMonth) - firstMonth + 1
  return months > mostMonths ? [] : Array.from({ length: months }, (_, index) => `m:${firstMonth + index}`)
}
