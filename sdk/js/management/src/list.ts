import { AuthlyError } from '@authly-server/core'
import { type OperationRow, queryOf, type RequestOptions } from './operation.ts'
import type { Transport } from './transport.ts'

/** A list that is read page by page, as far as somebody asks. */
export interface List<T> extends AsyncIterable<T> {
  /** The first page, or the one at `cursor`. */
  page(): Promise<Page<T>>
  pages(): AsyncIterable<Page<T>>
  /** The first `count` items, in as few pages as it takes. */
  take(count: number): Promise<T[]>
}

export interface Page<T> {
  readonly items: readonly T[]
  /** For `cursor`, to go on later. */
  readonly nextCursor: string | undefined
  /** With `include_total`. */
  readonly totalCount: number | undefined
  /** Undefined after the last one. */
  next(): Promise<Page<T> | undefined>
}

const largestPage = 200

/** The list at `path`, with the same filters on every page. */
export function listOf<T>(
  transport: Transport,
  row: OperationRow,
  path: string,
  options: RequestOptions & Readonly<Record<string, unknown>>,
): List<T> {
  const read = async (more: Readonly<Record<string, unknown>>): Promise<Page<T>> => {
    const query = queryOf({ ...options, ...more }, row.separators)
    const { value, response } = await transport.json({ method: 'GET', path, query, options })
    return pageOf(value, response, query.get('cursor'), (cursor) => read({ ...more, cursor }))
  }
  async function* pages(more: Readonly<Record<string, unknown>> = {}) {
    for (let page: Page<T> | undefined = await read(more); page; page = await page.next()) yield page
  }
  async function* items(more?: Readonly<Record<string, unknown>>) {
    for await (const page of pages(more)) yield* page.items
  }
  return {
    page: () => read({}),
    pages: () => pages(),
    [Symbol.asyncIterator]: () => items(),
    async take(count) {
      const taken: T[] = []
      if (count <= 0) return taken
      const isPaged = row.answer === 'page' && options['limit'] === undefined
      const limit = isPaged ? { limit: Math.min(count, largestPage) } : {}
      for await (const item of items(limit)) if (taken.push(item) >= count) break
      return taken
    },
  }
}

function pageOf<T>(
  value: Readonly<Record<string, unknown>>,
  response: Response,
  cursor: string | null,
  read: (cursor: string) => Promise<Page<T>>,
): Page<T> {
  const { items, page_info: info = {} } = value as Partial<WirePage<T>>
  const next = info.has_next_page === true ? info.next_cursor : undefined
  // The same cursor again would never end.
  if (!Array.isArray(items) || next === null || (next !== undefined && next === cursor))
    throw new AuthlyError('invalid_response', {
      description: 'this is no list',
      status: response.status,
      requestId: response.headers.get('x-request-id') ?? undefined,
    })
  return {
    items,
    nextCursor: next,
    totalCount: info.total_count,
    next: async () => (next === undefined ? undefined : read(next)),
  }
}

interface WirePage<T> {
  readonly items: readonly T[]
  readonly page_info: Partial<{
    readonly has_next_page: boolean
    readonly next_cursor: string | null
    readonly total_count: number
  }>
}
