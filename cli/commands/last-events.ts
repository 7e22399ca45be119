/** The last events of the audit trail, with which following it begins. */
import type { CatalogueOperation } from '../api/catalogue.ts'
import { readPage, readPages } from '../api/pages.ts'
import type { CommandContext } from '../command.ts'
import type { Item } from '../output/table.ts'

export interface LastEvents {
  /** Oldest first. */
  readonly events: readonly Item[]
  /** Behind which the stream goes on without a gap; undefined: nothing was ever recorded. */
  readonly position: string | undefined
}

const largestPage = 200

/** The last `count` events that match `filter`, the query of the stream. */
export async function readLastEvents(
  context: CommandContext,
  list: CatalogueOperation,
  filter: URLSearchParams,
  count: number,
): Promise<LastEvents> {
  const api = await context.api()
  const query = new URLSearchParams(filter)
  query.set('order', 'desc')
  query.set('limit', String(Math.min(count, largestPage)))
  const events: Item[] = []
  for await (const { items } of readPages(api, list.path, query)) {
    events.push(...items)
    if (events.length >= count) break
  }
  const shown = events.slice(0, count).reverse()
  // Where nothing matches, the stream begins behind whatever came last.
  const [newest] =
    events.length > 0
      ? events
      : (await readPage(api, list.path, new URLSearchParams('order=desc&limit=1'))).items
  const position = newest?.['position']
  return { events: shown, position: position === undefined ? undefined : String(position) }
}
