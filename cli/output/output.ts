/** What commands print: answers to stdout in the chosen format, everything else to stderr. Nothing steers the terminal. */
import { type Terminal, widthOf } from '../terminal.ts'
import { type Paint, painter, safeJson, safeLines } from './safe-text.ts'
import { columnsOf, fittingColumns, type Item, isThing, isWithin, renderTable, renderThing } from './table.ts'

export type Format = 'table' | 'json' | 'ndjson'

export interface Output {
  readonly format: Format
  /** For text that is ours and goes to stderr. */
  readonly paint: Paint
  /** One thing. */
  thing(value: unknown): void
  /**
   * A list; a table gets `columns`.
   * @param areChosen none of them may be left out for want of room
   */
  list(items: readonly Item[], columns?: readonly string[], areChosen?: boolean): void
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
    list(items, columns = columnsOf(items), areChosen = false) {
      if (format === 'json') write(safeJson({ items }, 2))
      else if (format === 'ndjson') for (const item of items) write(safeJson(item))
      else if (items.length === 0) stderr.write('Nothing found.\n')
      else {
        const shown = areChosen ? columns : fittingColumns(items, columns, width)
        write(renderTable(items, shown, paint, width))
        if (width !== undefined && !isWithin(items, shown, width))
          stderr.write('Cut to the width of the terminal; whole in a pipe, or choose --columns.\n')
      }
    },
    streamed(item, line) {
      write(format === 'table' ? line : safeJson(item))
    },
    text: (text) => void write(safeLines(text)),
    note: (text) => void stderr.write(`${safeLines(text)}\n`),
  }
}
