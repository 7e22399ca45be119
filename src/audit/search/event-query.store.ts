/**
 * Queries over the trail, newest or oldest first by `position`. Two ways, both bounded whatever is asked:
 *
 *   one filter that has an index in this order   a range of that index
 *   anything else, words and times included      the index of words (event-positions.store.ts)
 *
 * Conditions that repeat what the words say are written so that no other index is taken for them.
 */
import { type SQL, sql } from 'drizzle-orm'
import { shownEventJson } from '../shown-event.ts'
import type { EventFilter } from './event-filter.ts'
import { selectPositions } from './event-positions.store.ts'

export interface EventQuery {
  readonly filter: EventFilter
  readonly words?: string | undefined
  readonly order: 'asc' | 'desc'
  /** Position of the last event of the page before. */
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
  const { filter, order, after, limit, words } = query
  const direction = sql.raw(order)
  const range = words === undefined ? indexRange(filter) : undefined
  if (range) {
    const comparison = sql.raw(order === 'asc' ? '>' : '<')
    const beyond = after === undefined ? sql`` : sql`and position ${comparison} ${after}`
    return sql`select ${columns} from audit_events where ${range} ${beyond} order by position ${direction} limit ${limit}`
  }
  const positions = selectPositions({
    ...{ inIndex: wordsMatch(query), exactly: conditions(filter), order, after, limit },
  })
  return sql`select ${columns} from audit_events where position = any (array(${positions})) order by position ${direction}`
}

/** One row `{ count }` of all matches. */
export const countEvents = ({ filter, words }: Pick<EventQuery, 'filter' | 'words'>): SQL => {
  const range = words === undefined ? indexRange(filter) : undefined
  return range
    ? sql`select count(*)::int as count from audit_events where ${range}`
    : sql`select count(*)::int as count from audit_events
          where ${wordsMatch({ filter, words })} and ${conditions(filter)}`
}

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

/**
 * What every match fulfils: each word a condition of its own. They come from subqueries, so that the planner cannot
 * guess how common they are: it always takes the index of words.
 */
function wordsMatch({ filter, words }: Pick<EventQuery, 'filter' | 'words'>): SQL {
  const exact = textColumns.flatMap((name) => (filter[name] === undefined ? [] : [lexeme(filter[name])]))
  if (filter.types) exact.push(anyOf(filter.types))
  if (filter.families) exact.push(anyOf(filter.families))
  if (filter.ip?.includes('.') && !filter.ip.includes('/')) exact.push(lexeme(filter.ip))
  const times = timeWords(filter)
  const queries = [
    ...exact.map((text) => sql`${text}::tsquery`),
    ...(times ? [times] : []),
    ...splitWords(words ?? '').map(wordQuery),
  ]
  return sql.join([sql`true`, ...queries.map((query) => sql`words @@ (select ${query})`)], sql` and `)
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

/** As long as a word may be in the index. */
const mostCharacters = 500

const lexeme = (text: string): string =>
  `'${[...text.toLowerCase()].slice(0, mostCharacters).join('').replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

const anyOf = (texts: readonly string[]): string => `(${texts.map(lexeme).join(' | ')})`

const dayMs = 86_400_000
const daysPerMonth = 32
const mostDays = 31
const dayOf = (edge: 'min' | 'max'): SQL =>
  sql.raw(`(select floor(extract(epoch from ${edge}(occurred_at)) / 86400)::int from audit_events)`)

/** Days of a short time, runs of 32 days of a long one: no more than the trail has. */
function timeWords({ from, to }: EventFilter): SQL | undefined {
  if (from === undefined && to === undefined) return undefined
  const day = (time: string) => Math.floor(Date.parse(time) / dayMs)
  const isShort = from !== undefined && to !== undefined && day(to) - day(from) < mostDays
  const [kind, perWord] = isShort ? ['d', 1] : ['m', daysPerMonth]
  const first = from === undefined ? dayOf('min') : sql`greatest(${day(from)}, ${dayOf('min')})`
  const last = to === undefined ? dayOf('max') : sql`least(${day(to)}, ${dayOf('max')})`
  const word = sql.raw(`'''${kind}:' || number || ''''`)
  return sql`coalesce(string_agg(${word}, '|'), '''${sql.raw(kind)}:none''')::tsquery
    from generate_series(${first} / ${sql.raw(String(perWord))}, ${last} / ${sql.raw(String(perWord))}) as time (number)`
}
