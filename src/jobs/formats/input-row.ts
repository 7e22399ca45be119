/** Rows of an upload with their line numbers, as both readers produce them. */

export type InputFormat = 'csv' | 'ndjson'

export interface InputRow {
  /** Line of the upload the row begins on, from 1; the CSV header is line 1. */
  readonly line: number
  /** CSV: text by column name. JSON lines: the object. */
  readonly values: Readonly<Record<string, unknown>>
}

/** The upload as a whole cannot be read; none of it was used. */
export class InputRefusal extends Error {
  override readonly name = 'InputRefusal'
  readonly code: InputProblem
  /** Line where the error was noticed, from 1. */
  readonly line: number

  constructor(code: InputProblem, line: number, detail: string) {
    super(detail)
    this.code = code
    this.line = line
  }
}

export const inputProblems = [
  'encoding_not_utf8',
  'not_text',
  'format_differs',
  'too_many_bytes',
  'line_too_long',
  'field_too_long',
  'too_many_columns',
  'too_many_rows',
  'header_missing',
  'separator_differs',
  'column_unnamed',
  'column_duplicate',
  'column_unknown',
  'column_count_differs',
  'quote_misplaced',
  'quote_unclosed',
  'line_ending_bare_cr',
  'json_invalid',
  'json_not_object',
  'json_too_deep',
  'cut_off',
  'empty',
] as const
export type InputProblem = (typeof inputProblems)[number]

/** Limits of one upload. Each stops an upload that is cheap to send and expensive to hold in memory. */
export interface InputBounds {
  readonly totalBytes: number
  /** UTF-16 units of one row, embedded newlines included. */
  readonly rowLength: number
  /** UTF-16 units of one field. */
  readonly fieldLength: number
  readonly columns: number
  readonly rows: number
  /** Nesting depth of arrays and objects in JSON. */
  readonly depth: number
}

export const inputBounds: InputBounds = {
  totalBytes: 100 * 1024 * 1024,
  rowLength: 64 * 1024,
  fieldLength: 16 * 1024,
  columns: 64,
  rows: 1_000_000,
  depth: 8,
}
