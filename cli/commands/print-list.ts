/** Lists on stdout: page by page, as a table with names beside ids or as JSON. */
import type { CatalogueOperation } from '../api/catalogue.ts'
import { type Page, readPage, readPages } from '../api/pages.ts'
import type { CommandContext } from '../command.ts'
import { usage } from '../failure.ts'
import { columnsOf, type Item } from '../output/table.ts'
import { didYouMean, resembling } from '../suggest.ts'
import { createRowNamer } from './name-rows.ts'
import { columns } from './presentation.ts'

/** The page asked for, or with `--all` every one after it. */
export async function printPages(
  context: CommandContext,
  operation: CatalogueOperation,
  path: string,
  query: URLSearchParams,
  all: readonly CatalogueOperation[],
): Promise<undefined> {
  const { options, output } = context
  const api = await context.api()
  const show = tableOf(context, operation, all)
  if (options['all'] !== true) {
    const page = await readPage(api, path, query)
    if (output.format === 'json') output.thing(page)
    else await show(page.items)
    noteMore(context, page)
    return undefined
  }
  if (!query.has('limit')) query.set('limit', '200')
  const items: Item[] = []
  for await (const page of readPages(api, path, query)) {
    if (output.format === 'ndjson') output.list(page.items)
    else items.push(...page.items)
  }
  if (output.format !== 'ndjson') await show(items)
  return undefined
}

/** Prints rows; in a table with names beside ids. */
export function tableOf(
  context: CommandContext,
  operation: CatalogueOperation,
  all: readonly CatalogueOperation[],
): (rows: readonly Item[]) => Promise<void> {
  const { output } = context
  const namer = createRowNamer(context, operation.columns ?? [], all)
  return async (rows) => {
    if (output.format !== 'table') return output.list(rows)
    const shown = columnsFor(context, operation) ?? columnsOf(rows)
    output.list(await namer.name(rows), namer.columns(shown), context.options['columns'] !== undefined)
  }
}

function noteMore({ output }: CommandContext, { items, page_info }: Page): void {
  if (output.format !== 'table' || !page_info) return
  const total = page_info.total_count === undefined ? '' : ` of ${page_info.total_count}`
  if (page_info.has_next_page)
    output.note(`${items.length}${total}; more: --all or --cursor ${page_info.next_cursor}`)
  else if (total !== '') output.note(`${items.length}${total}`)
}

/** Those of `--columns`, or those chosen for this list. Throws Failure for one that there is not. */
export function columnsFor(
  { options }: CommandContext,
  { id, columns: known = [] }: CatalogueOperation,
): readonly string[] | undefined {
  const chosen = options['columns'] as readonly string[] | undefined
  const names = known.map(({ name }) => name)
  const wrong = chosen?.find((name) => !isColumn(name, names))
  if (wrong === undefined) return chosen ?? columns[id]
  throw usage(`There is no column “${wrong}”, but ${names.join(', ')}.`, didYouMean(resembling(wrong, names)))
}

/** Objects without declared members can have any: `data.reason`. */
const isColumn = (name: string, names: readonly string[]): boolean =>
  names.includes(name) ||
  names.some((known) => name.startsWith(`${known}.`) && !names.some((one) => one.startsWith(`${known}.`)))
