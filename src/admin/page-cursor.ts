/**
 * Cursors of keyset pages: where the last item of a page stood in the order. Opaque and bound to the query they
 * came from, so that a cursor of one list cannot be used in another and mean something else.
 */
import { decodeText, encodeText } from '../kit/base64url.ts'
import { isInstant } from '../kit/clock.ts'

/** Values of the sort columns of the last item, ending with its id. */
export type CursorValues = readonly (string | number | null)[]

/** @param query names the list and its order, e.g. `users:created_at:desc` */
export const encodeCursor = (query: string, values: CursorValues): string =>
  encodeText(JSON.stringify([query, ...values]))

/** What stands at a place of a cursor, as Postgres takes it. Anybody can write a cursor: it is not secret. */
const kinds = {
  uuid: (value: unknown): value is string =>
    typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  /** Postgres stores no NUL, and no surrogate alone. */
  text: (value: unknown): value is string => typeof value === 'string' && !/[\0\p{Cs}]/u.test(value),
  /** As `to_jsonb` writes a timestamptz: with microseconds. */
  time: (value: unknown): value is string => typeof value === 'string' && isInstant(value),
  position: (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
}

export type CursorKind = keyof typeof kinds
type Decoded<Kinds extends readonly CursorKind[]> = {
  readonly [Place in keyof Kinds]: Kinds[Place] extends 'position' ? number : string
}

/** The values, or undefined for anything that is no cursor of `query` with values of just these kinds. */
export function decodeCursor<const Kinds extends readonly CursorKind[]>(
  query: string,
  cursor: string,
  wanted: Kinds,
): Decoded<Kinds> | undefined {
  try {
    const [from, ...values] = JSON.parse(decodeText(cursor)) as unknown[]
    const isFit = values.length === wanted.length && wanted.every((kind, place) => kinds[kind](values[place]))
    return from === query && isFit ? (values as unknown as Decoded<Kinds>) : undefined
  } catch {
    return undefined
  }
}

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly page_info: {
    readonly has_next_page: boolean
    readonly next_cursor: string | null
    readonly total_count?: number
  }
}

/**
 * A page from rows of which one more than `limit` was asked for.
 * @param cursorOf the cursor of an item, built with `encodeCursor`
 */
export function toPage<Item>(
  rows: readonly Item[],
  limit: number,
  cursorOf: (item: Item) => string,
  totalCount?: number,
): Page<Item> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const hasNextPage = rows.length > limit
  return {
    items,
    page_info: {
      has_next_page: hasNextPage,
      next_cursor: hasNextPage && last !== undefined ? cursorOf(last) : null,
      ...(totalCount === undefined ? {} : { total_count: totalCount }),
    },
  }
}
