/** Lists page by page (keyset cursors), so that a command can print rows while the next ones come. */
import { Failure } from '../failure.ts'
import type { Item } from '../output/table.ts'
import type { ApiClient } from './api-client.ts'

export interface Page {
  readonly items: readonly Item[]
  readonly page_info?: {
    readonly has_next_page: boolean
    readonly next_cursor: string | null
    readonly total_count?: number
  }
}

/** The page at `path` with `query`. */
export async function readPage(api: ApiClient, path: string, query: URLSearchParams): Promise<Page> {
  const search = query.size === 0 ? '' : `?${query}`
  const page = (await (await api.send({ method: 'GET', path: path + search })).json()) as Partial<Page>
  if (!Array.isArray(page.items))
    throw new Failure('refused', 'The server answered something else than a list.')
  return page as Page
}

/** That page and all after it. */
export async function* readPages(
  api: ApiClient,
  path: string,
  query: URLSearchParams,
): AsyncGenerator<Page, void, undefined> {
  for (let next = query; ; ) {
    const page = await readPage(api, path, next)
    yield page
    const cursor = page.page_info?.next_cursor ?? null
    if (cursor === null || cursor === next.get('cursor')) return
    next = new URLSearchParams(query)
    next.set('cursor', cursor)
  }
}
