/** What commands print: answers to stdout in the chosen format, everything else to stderr. Nothing steers the terminal. */
import { type Terminal, widthOf } from '../terminal.ts'
import { type Paint, painter, safeJson, safeLines } from './safe-text.ts'
import { columnsOf, type Item, isThing, renderTable, renderThing } from './table.ts'

export type Format = 'table' | 'json' | 'ndjson'

export interface Output {
  readonly format: Format
  /** For text that is ours and goes to stderr. */
  readonly paint: Paint
  /** One thing. */
  thing(value: unknown): void
  /** A list; a table gets `columns`. */
  list(items: readonly Item[], columns?: readonly string[]): void
  /** One more item of an endless list. */
  streamed(item: Item, line: string): void
  /** Text of ours or the server's, line by line. */
  text(text: string): void
  /** To stderr: what is not the answer. */
  note(text: string): void
}

export function createOutput(terminal: Terminal, format: Format, wantsColour: boolean): Output {
  const { stdout, stderr } = terminal
  const env = wantsColour ? terminal.env : { ...terminal.env, NO_COLOR: '1' }
  const paint = painter(stdout, env)
  const width = widthOf(stdout)
  const write = (text: string) => stdout.write(`${text}\n`)
  return {
    format,
    paint: painter(stderr, env),
    thing(value) {
      if (format !== 'table') write(safeJson(value, format === 'json' ? 2 : undefined))
      else if (isThing(value)) write(renderThing(value, paint, width))
      else write(safeLines(typeof value === 'string' ? value : safeJson(value, 2)))
    },
    list(items, columns = columnsOf(items)) {
      if (format === 'json') write(safeJson({ items }, 2))
      else if (format === 'ndjson') for (const item of items) write(safeJson(item))
      else if (items.length === 0) stderr.write('Nothing found.\n')
      else write(renderTable(items, columns, paint, width))
    },
    streamed(item, line) {
      write(format === 'table' ? line : safeJson(item))
    },
    text: (text) => void write(safeLines(text)),
    note: (text) => void stderr.write(`${safeLines(text)}\n`),
  }
}
