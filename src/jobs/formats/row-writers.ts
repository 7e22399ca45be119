/** Writes rows as CSV, a JSON array or JSON lines, in pieces, so that no export is ever held as a whole. */
import { jsonLine } from '../../kit/json-line.ts'
import { neutralize } from './spreadsheet-formula.ts'

export const exportFormats = ['csv', 'json', 'ndjson'] as const
export type ExportFormat = (typeof exportFormats)[number]

export const contentTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
}

type Row = Readonly<Record<string, unknown>>

/**
 * U+FEFF at the start of a CSV: without it, Excel reads the file in the legacy encoding of its country. Not the default,
 * because many programs take it for a part of the first column's name.
 */
export const byteOrderMark = '\ufeff'

export interface RowWriter {
  /** The text before the first row. */
  start(): string
  rows(rows: readonly Row[]): string
  end(): string
  /** Whether no row has been written yet; stored with the text, so that another writer can continue it. */
  readonly isFirst: boolean
}

/**
 * @param columns CSV columns, in order; JSON keeps the row as it is
 * @param isFirst false to continue a text that another writer began
 */
export function createRowWriter(format: ExportFormat, columns: readonly string[], isFirst = true): RowWriter {
  let first = isFirst
  return {
    start: () => (format === 'csv' ? csvLine(columns) : format === 'json' ? '[' : ''),
    rows(rows) {
      let text = ''
      for (const row of rows) {
        if (format === 'csv') text += csvLine(columns.map((name) => cellOf(row[name])))
        else if (format === 'ndjson') text += `${jsonLine(row)}\n`
        else text += `${first ? '\n' : ',\n'}${jsonLine(row)}`
        first = false
      }
      return text
    },
    end: () => (format === 'json' ? '\n]\n' : ''),
    get isFirst() {
      return first
    },
  }
}

/** One CSV record (RFC 4180 §2). */
export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`

/** Commas, quotes, and every character that some reader ends a line at. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const quoted = /[",\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/

/** A cell, quoted where necessary and harmless to a spreadsheet. A lone empty cell would read as a blank line. */
function csvCell(value: string, _: number, all: readonly string[]): string {
  const cell = neutralize(value)
  const mustQuote = quoted.test(cell) || (cell === '' && all.length === 1)
  return mustQuote ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** Lists are joined by spaces, objects are JSON. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(' ')
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return JSON.stringify(value)
}
