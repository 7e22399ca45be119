/**
 * Formula injection: a spreadsheet runs a cell that begins with one of these (OWASP "CSV Injection"), so a person
 * could put a formula into a profile and have it run where an administrator opens the export. Our CSV files put an
 * apostrophe in front, and our reader takes it away again, so that export and import say the same. A value that
 * begins with an apostrophe gets one too: otherwise the way back would be ambiguous.
 */
const dangerous = /^['=+\-@\t\r\n＝＋－＠]/
const neutralized = /^'['=+\-@\t\r\n＝＋－＠]/

export const neutralize = (cell: string): string => (dangerous.test(cell) ? `'${cell}` : cell)

export const undoNeutralized = (cell: string): string => (neutralized.test(cell) ? cell.slice(1) : cell)
