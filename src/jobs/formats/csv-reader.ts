/**
 * CSV as in RFC 4180, parsed as it arrives: a header, commas, fields in double quotes where needed, CRLF or LF. It is
 * strict where leniency would mean guessing, and bounded everywhere: an oversized row is refused before it is held in
 * memory (a billion columns, a quote that never closes). No CSV package that streams in Workers lets all of these
 * bounds be set.
 */
import { type InputBounds, InputRefusal, type InputRow, inputBounds } from './input-row.ts'
import { undoNeutralized } from './spreadsheet-formula.ts'
import { createTextReader, type RowReader } from './text-reader.ts'

export interface CsvReader extends RowReader<InputRow> {
  /** The header, once it has been read. */
  readonly columns: readonly string[]
}

const codes = { quote: 0x22, comma: 0x2c, lineFeed: 0x0a, carriageReturn: 0x0d } as const
type State = 'field' | 'plain' | 'quoted' | 'quote' | 'return'

/** @param known columns a header may contain; those that begin with `_` are notes in our own files and are skipped */
export function createCsvReader(known: ReadonlySet<string>, bounds: InputBounds = inputBounds): CsvReader {
  let columns: readonly string[] | undefined
  let state: State = 'field'
  /** The current line, and the one the current row began on. */
  let line = 1
  let rowLine = 1
  let field = ''
  let row: string[] = []
  let rowLength = 0
  let hasMarks = false
  let count = 0
  let rows: InputRow[] = []
  const text = createTextReader(bounds, () => line)

  const refuse = (code: InputRefusal['code'], detail: string): never => {
    throw new InputRefusal(code, line, detail)
  }

  const append = (piece: string): void => {
    field += piece
    rowLength += piece.length
    if (field.length > bounds.fieldLength) {
      refuse('field_too_long', `a field may have ${bounds.fieldLength} characters`)
    }
    if (rowLength > bounds.rowLength) refuse('line_too_long', `a row may have ${bounds.rowLength} characters`)
  }

  const endField = (): void => {
    const most = columns?.length ?? bounds.columns
    if (row.length === most) {
      if (columns) refuse('column_count_differs', `the header has ${most} columns, this row has more`)
      refuse('too_many_columns', `there may be ${most} columns`)
    }
    row.push(undoNeutralized(field))
    field = ''
    state = 'field'
  }

  const readHeader = (names: readonly string[]): void => {
    const used = names.filter((name) => !name.startsWith('_'))
    if (new Set(used).size < used.length) refuse('column_duplicate', 'a column is named twice')
    const unknown = used.find((name) => !known.has(name))
    if (unknown !== undefined) {
      const hint = unknown.includes(';') || unknown.includes('\t') ? '; columns are separated by commas' : ''
      refuse('column_unknown', `no such column: ${JSON.stringify(unknown.slice(0, 60))}${hint}`)
    }
    columns = names
  }

  const endRow = (): void => {
    const isBlank = row.length === 0 && field === '' && !hasMarks
    if (!isBlank) {
      endField()
      if (!columns) readHeader(row)
      else if (row.length < columns.length) {
        refuse('column_count_differs', `the header has ${columns.length} columns, this row ${row.length}`)
      } else {
        if (++count > bounds.rows) refuse('too_many_rows', `an upload may have ${bounds.rows} rows`)
        rows.push({ line: rowLine, values: valuesOf(columns, row) })
      }
    }
    state = 'field'
    row = []
    rowLength = 0
    hasMarks = false
    rowLine = ++line
  }

  /** Ends a field at `code`; what may follow depends on the state. */
  const endAt = (code: number): void => {
    if (code === codes.comma) {
      endField()
      hasMarks = true // A row with a comma is not blank.
    } else if (code === codes.lineFeed) endRow()
    else if (code === codes.carriageReturn) state = 'return'
    else refuse('quote_misplaced', 'after a closing quote only a comma or the end of the line may stand')
  }

  const read = (chunk: string): void => {
    let index = 0
    while (index < chunk.length) {
      const code = chunk.charCodeAt(index)
      if (state === 'quoted') {
        const quote = chunk.indexOf('"', index)
        const end = quote < 0 ? chunk.length : quote
        const piece = chunk.slice(index, end)
        append(piece)
        line += countLines(piece)
        index = end
        if (quote >= 0) {
          state = 'quote'
          index++
        }
        continue
      }
      if (state === 'return') {
        if (code !== codes.lineFeed)
          refuse('line_ending_bare_cr', 'a CR must be followed by LF, or be quoted')
        endRow()
      } else if (state === 'quote') {
        if (code === codes.quote) {
          append('"')
          state = 'quoted'
        } else endAt(code)
      } else if (state === 'field' && code === codes.quote) {
        hasMarks = true
        state = 'quoted'
      } else {
        const end = endOfPlain(chunk, index)
        if (end > index) {
          append(chunk.slice(index, end))
          state = 'plain'
          index = end
          continue
        }
        if (code === codes.quote) refuse('quote_misplaced', 'a field with quotes must be quoted as a whole')
        endAt(code)
      }
      index++
    }
  }

  const take = (): InputRow[] => {
    const taken = rows
    rows = []
    return taken
  }

  return {
    get columns() {
      return columns ?? []
    },
    push(bytes) {
      read(text.push(bytes))
      return take()
    },
    end() {
      read(text.end())
      if (state === 'quoted') {
        throw new InputRefusal('quote_unclosed', rowLine, 'a quote of this row is never closed')
      }
      if (state === 'return') refuse('line_ending_bare_cr', 'a CR must be followed by LF, or be quoted')
      endRow()
      if (!columns) throw new InputRefusal('header_missing', 1, 'the first line must name the columns')
      return take()
    },
  }
}

const countLines = (text: string): number => {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

function endOfPlain(text: string, from: number): number {
  let index = from
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (
      code === codes.comma ||
      code === codes.lineFeed ||
      code === codes.quote ||
      code === codes.carriageReturn
    ) {
      break
    }
  }
  return index
}

/** An empty field means "not given", so that a file need not have a value for every column of every row. */
function valuesOf(columns: readonly string[], row: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [index, name] of columns.entries()) {
    const value = row[index] as string
    if (value !== '' && !name.startsWith('_')) values[name] = value
  }
  return values
}
