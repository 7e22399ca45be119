/** Events of the audit trail on stdout, each in one line, as they come. */
import type { CatalogueColumn, CatalogueOperation } from '../api/catalogue.ts'
import type { CommandContext } from '../command.ts'
import { safeText } from '../output/safe-text.ts'
import type { Item } from '../output/table.ts'
import { pad } from '../output/text-width.ts'
import { createRowNamer } from './name-rows.ts'

const pauseBetweenNamesMs = 1000

export type Print = (events: readonly Item[]) => Promise<void>

/** Prints events, in lines with names beside ids; while many come, not every new one is asked for its name. */
export function createPrinter(
  context: CommandContext,
  columns: readonly CatalogueColumn[],
  all: readonly CatalogueOperation[],
): Print {
  const { output, terminal } = context
  const namer = createRowNamer(context, columns, all)
  let askedAt = Number.NEGATIVE_INFINITY
  return async (events) => {
    if (output.format !== 'table') return events.forEach((event) => void output.streamed(event, ''))
    const mayAsk = terminal.now() - askedAt >= pauseBetweenNamesMs
    if (mayAsk) askedAt = terminal.now()
    for (const event of await namer.name(events, mayAsk)) output.streamed(event, lineOf(event))
  }
}

/** One event in one line. */
function lineOf(event: Item): string {
  const field = (name: string) => safeText(String(event[name] ?? ''))
  const named = (id: string, name: string) => (event[name] ? `${field(id)} (${field(name)})` : field(id))
  const subject = event['entity_type']
    ? `${field('entity_type')} ${named('entity_id', 'entity_name')}`
    : named('user_id', 'user_name')
  const actor = event['actor_type']
    ? `${field('actor_type')} ${named('actor_id', 'actor_name')}`.trimEnd()
    : ''
  return [
    ...[pad(field('position'), 6), field('occurred_at'), pad(field('outcome'), 7), pad(field('type'), 26)],
    ...[actor && `by ${actor}`, subject && `on ${subject}`, field('ip')].filter((part) => part !== ''),
  ].join('  ')
}
