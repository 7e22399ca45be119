/** What came of each row: a line of the results file, and for failures the row itself, to be sent again. */
import type { InputRow } from '../../jobs/formats/input-row.ts'
import { cellOf, csvLine } from '../../jobs/formats/row-writers.ts'
import type { JobInput } from '../../jobs/job-kind.ts'
import { jsonLine } from '../../kit/json-line.ts'
import type { RowError } from './user-row.ts'

export const rowOutcomes = ['created', 'updated', 'unchanged', 'skipped', 'deleted', 'failed'] as const
export type RowOutcome = (typeof rowOutcomes)[number]

export interface RowResult {
  /** Line of the upload; absent for jobs over a filter. */
  readonly line?: number
  readonly user_id?: string | null
  readonly outcome: RowOutcome
  readonly errors?: readonly RowError[]
}

/** Lines of the results file. */
export const resultLines = (results: readonly RowResult[]): string =>
  results.map((result) => `${jsonLine(result)}\n`).join('')

/** The failed rows in the format they came in, with `_line` and `_errors`, which the readers skip. */
export function failureLines(
  input: JobInput,
  rows: readonly InputRow[],
  results: readonly RowResult[],
): string {
  const failed = new Map(
    results.flatMap(({ line, outcome, errors = [] }) =>
      line !== undefined && outcome === 'failed' ? [[line, errors] as const] : [],
    ),
  )
  if (failed.size === 0) return ''
  const columns = input.columns.filter((name) => !name.startsWith('_'))
  return rows
    .filter(({ line }) => failed.has(line))
    .map(({ line, values }) => {
      const errors = (failed.get(line) ?? []).map(({ field, detail }) => `${field} ${detail}`.trim())
      if (input.format === 'ndjson') return `${jsonLine({ ...values, _line: line, _errors: errors })}\n`
      return csvLine([...columns.map((name) => cellOf(values[name])), String(line), errors.join('; ')])
    })
    .join('')
}

/** What a CSV of failures begins with. */
export const failureHeader = (input: JobInput): string =>
  input.format === 'csv'
    ? csvLine([...input.columns.filter((name) => !name.startsWith('_')), '_line', '_errors'])
    : ''
