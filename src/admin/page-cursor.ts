/**
 * Cursors of keyset pages: where the last item of a page stood in the order. Opaque and bound to the query they
 * came from, so that a cursor of one list cannot be used in another and mean something else.
 */
import { decodeText, encodeText } from '../kit/base64url.ts'

/** Values of the sort columns of the last item, ending with its id. */
export type CursorValues = readonly (string | number | null)[]

/** @param query names the list and its order, e.g. `users:created_at:desc` */
export const encodeCursor = (query: string, values: CursorValues): string =>
  encodeText(JSON.stringify([query, ...values]))

/** The values, or undefined for anything that is no cursor of `query` with `length` values. */
export function decodeCursor(query: string, cursor: string, length: number): CursorValues | undefined {
  try {
    const [from, ...values] = JSON.parse(decodeText(cursor)) as unknown[]
    const isPlain = values.every(
      (value) =>
        // Anybody can write a cursor, and Postgres stores no NUL.
        value === null || (typeof value === 'string' ? !value.includes('\0') : Number.isFinite(value)),
    )
    return from === query && values.length === length && isPlain ? (values as CursorValues) : undefined
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
