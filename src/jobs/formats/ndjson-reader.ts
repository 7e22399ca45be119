/** JSON lines, read as they arrive: one object per line, bounded before `JSON.parse` sees it. */
import { type InputBounds, InputRefusal, type InputRow, inputBounds } from './input-row.ts'
import { parseJsonLine } from './parse-json-line.ts'
import { createTextReader, type RowReader } from './text-reader.ts'

export function createNdjsonReader(bounds: InputBounds = inputBounds): RowReader<InputRow> {
  let line = 1
  let rest = ''
  let count = 0
  const text = createTextReader(bounds, () => line)

  const refuse = (code: InputRefusal['code'], detail: string): never => {
    throw new InputRefusal(code, line, detail)
  }
  const checkLength = (piece: string): void => {
    if (piece.length > bounds.rowLength)
      refuse('line_too_long', `a line may have ${bounds.rowLength} characters`)
  }

  const readLine = (source: string): InputRow | undefined => {
    checkLength(source)
    if (/^[ \t\r]*$/.test(source)) return undefined
    if (nestingOf(source) > bounds.depth)
      refuse('json_too_deep', `values may be nested ${bounds.depth} levels deep`)
    const parsed = parseJsonLine(source)
    if (!parsed.ok) return refuse(parsed.code, parsed.detail)
    const values = parsed.value
    if (Object.keys(values).length > bounds.columns)
      refuse('too_many_columns', `an object may have ${bounds.columns} members`)
    if (++count > bounds.rows) refuse('too_many_rows', `an upload may have ${bounds.rows} rows`)
    return { line, values }
  }

  const read = (chunk: string): InputRow[] => {
    const rows: InputRow[] = []
    let from = 0
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      const row = readLine(rest + chunk.slice(from, end))
      if (row) rows.push(row)
      rest = ''
      from = end + 1
      line++
    }
    rest += chunk.slice(from)
    checkLength(rest)
    return rows
  }

  return {
    push: (bytes) => read(text.push(bytes)),
    end() {
      const rows = read(text.end())
      const last = readLine(rest)
      return last ? [...rows, last] : rows
    },
  }
}

/** Nesting depth of arrays and objects, found without parsing because deep nesting can crash a parser. */
function nestingOf(source: string): number {
  let depth = 0
  let deepest = 0
  let isString = false
  for (let index = 0; index < source.length; index++) {
    const character = source[index]
    if (isString) {
      if (character === '\\') index++
      else if (character === '"') isString = false
    } else if (character === '"') isString = true
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth)
    else if (character === '}' || character === ']') depth--
  }
  return deepest
}
