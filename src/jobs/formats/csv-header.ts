/** Checks the header of a CSV upload: every column has a name that is known, once. */
import type { InputProblem } from './input-row.ts'

export interface HeaderFault {
  readonly code: InputProblem
  readonly detail: string
}

/** `column 2 ("email")`, to be found in a file of many. */
export const columnPlace = (index: number, name?: string): string =>
  `column ${index + 1}${name ? ` (${quote(name)})` : ''}`

const quote = (text: string): string => JSON.stringify(text.slice(0, 60))

/** Whether the first cell of a file is how JSON begins. */
export const isJsonBegun = (cell: string): boolean => /^\s*[[{]/.test(cell)

export const jsonAsCsv: HeaderFault = {
  code: 'format_differs',
  detail: 'this is JSON, but was sent as CSV; send one object per line as application/x-ndjson',
}

/** @param known names a column may have; those that begin with `_` are notes */
export function findHeaderFault(
  names: readonly string[],
  known: ReadonlySet<string>,
): HeaderFault | undefined {
  const [first = ''] = names
  if (isJsonBegun(first)) return jsonAsCsv
  if (/^sep=/i.test(first)) {
    const detail = 'this line tells Excel the separator; remove it, and separate columns by commas'
    return { code: 'header_missing', detail }
  }
  const separator = separatorOf(names)
  if (separator !== undefined) {
    return { code: 'separator_differs', detail: `columns are separated by commas here, not by ${separator}` }
  }
  const unnamed = names.findIndex((name) => name.trim() === '')
  if (unnamed >= 0) {
    return { code: 'column_unnamed', detail: `${columnPlace(unnamed)} has no name; name or remove it` }
  }
  return findNameFault(names, known)
}

function findNameFault(names: readonly string[], known: ReadonlySet<string>): HeaderFault | undefined {
  for (const [index, name] of names.entries()) {
    if (name.startsWith('_')) continue
    if (!known.has(name)) {
      const near = name.trim().toLowerCase()
      const hint = known.has(near) ? `; write ${quote(near)}` : ''
      return {
        code: 'column_unknown',
        detail: `${columnPlace(index)}: no such column: ${quote(name)}${hint}`,
      }
    }
    const before = names.indexOf(name)
    if (before < index) {
      return {
        code: 'column_duplicate',
        detail: `columns ${before + 1} and ${index + 1} are both ${quote(name)}`,
      }
    }
  }
  return undefined
}

const separators = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'vertical bars'],
] as const

/** What stands between the names when there is no comma. */
const separatorOf = (names: readonly string[]): string | undefined =>
  names.length > 1 ? undefined : separators.find(([mark]) => names[0]?.includes(mark))?.[1]
