/**
 * CSV as in RFC 4180, parsed as it arrives: a header, commas, fields in double quotes where needed, CRLF or LF. It is
 * strict where leniency would mean guessing, and bounded everywhere: an oversized row is refused before it is held in
 * memory (a billion columns, a quote that never closes). No CSV package that streams in Workers lets all of these
 * bounds be set.
 */
import { columnPlace, findHeaderFault, type HeaderFault, isJsonBegun, jsonAsCsv } from './csv-header.ts'
import { type InputBounds, InputRefusal, type InputRow, inputBounds } from './input-row.ts'
import { undoNeutralized } from './spreadsheet-formula.ts'
import { countLines, createTextReader, type RowReader } from './text-reader.ts'

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
  /** Whether the row has anything but commas: spreadsheets write rows of commas below the last one that is filled. */
  let hasContent = false
  let count = 0
  let rows: InputRow[] = []
  const text = createTextReader(bounds, () => line)

  const refuse = (code: InputRefusal['code'], detail: string): never => {
    throw new InputRefusal(code, line, detail)
  }

  const refuseAs = ({ code, detail }: HeaderFault): never => refuse(code, detail)
  const place = (): string => columnPlace(row.length, columns?.[row.length])

  const append = (piece: string): void => {
    hasContent = true
    field += piece
    rowLength += piece.length
    if (field.length > bounds.fieldLength) {
      refuse('field_too_long', `${place()} has more than the ${bounds.fieldLength} characters of a field`)
    }
    if (rowLength > bounds.rowLength) refuse('line_too_long', `a row may have ${bounds.rowLength} characters`)
  }

  const endField = (): void => {
    const most = columns && hasContent ? columns.length : bounds.columns
    if (row.length >= most) {
      if (columns && hasContent) {
        refuse('column_count_differs', `the header has ${most} columns, this row has more`)
      }
      refuse('too_many_columns', `there may be ${most} columns`)
    }
    row.push(undoNeutralized(field))
    field = ''
    state = 'field'
  }

  const readHeader = (names: readonly string[]): void => {
    const fault = findHeaderFault(names, known)
    if (fault) refuseAs(fault)
    columns = names
  }

  const endRow = (): void => {
    if (hasContent) {
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
    hasContent = false
    rowLine = ++line
  }

  /** Ends a field at `code`; what may follow depends on the state. */
  const endAt = (code: number): void => {
    if (code === codes.comma) endField()
    else if (code === codes.lineFeed) endRow()
    else if (code === codes.carriageReturn) state = 'return'
    else {
      const found = JSON.stringify(String.fromCharCode(code))
      refuse(
        'quote_misplaced',
        `${place()}: a closing quote is followed by ${found}, not by a comma or the end of the line`,
      )
    }
  }

  const refuseQuote = (): never => {
    if (!columns && isJsonBegun(row[0] ?? field)) return refuseAs(jsonAsCsv)
    return refuse('quote_misplaced', `${place()}: a field with quotes must be quoted as a whole`)
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
        hasContent = true
        state = 'quoted'
      } else {
        const end = endOfPlain(chunk, index)
        if (end > index) {
          append(chunk.slice(index, end))
          state = 'plain'
          index = end
          continue
        }
        if (code === codes.quote) refuseQuote()
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
        throw new InputRefusal('quote_unclosed', rowLine, `${place()}: this quote is never closed`)
      }
      if (state === 'return') refuse('line_ending_bare_cr', 'a CR must be followed by LF, or be quoted')
      endRow()
      if (!columns) throw new InputRefusal('header_missing', 1, 'the first line must name the columns')
      return take()
    },
  }
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
