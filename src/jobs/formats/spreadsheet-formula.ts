/**
 * Formula injection: a spreadsheet evaluates a cell that begins with one of these (OWASP "CSV Injection"), so a user
 * could put a formula into their profile and have it run where an administrator opens the export. Our CSV files prefix
 * an apostrophe and our reader removes it again, so that a value survives export and import. A value that begins with
 * an apostrophe gets one too, to keep this reversible.
 */
const dangerous = /^['=+\-@\t\r\n＝＋－＠]/
const neutralized = /^'['=+\-@\t\r\n＝＋－＠]/

export const neutralize = (cell: string): string => (dangerous.test(cell) ? `'${cell}` : cell)

export const undoNeutralized = (cell: string): string => (neutralized.test(cell) ? cell.slice(1) : cell)
