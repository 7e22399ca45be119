/** One line of JSON lines, or why it cannot be used. */
import type { InputProblem } from './input-row.ts'

export type ParsedLine =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly code: InputProblem; readonly detail: string }

export function parseJsonLine(source: string): ParsedLine {
  if (/^\s*\[/.test(source)) {
    const detail = 'this is a JSON array; send one object per line, without brackets and commas around them'
    return { ok: false, code: 'json_not_object', detail }
  }
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (error) {
    return { ok: false, code: 'json_invalid', detail: describeSyntax(source, error as SyntaxError) }
  }
  return typeof value === 'object' && value !== null
    ? { ok: true, value: value as Readonly<Record<string, unknown>> }
    : { ok: false, code: 'json_not_object', detail: 'each line must be a JSON object' }
}

/** The message of the parser quotes the line, which may hold a password: only the position is taken from it. */
function describeSyntax(source: string, { message }: SyntaxError): string {
  const at = Number(/ at position (\d+)/.exec(message)?.[1] ?? Number.NaN)
  if (/^(Unexpected end|Unterminated string)/.test(message) || at >= source.length) {
    return 'the line ends inside its JSON; each object must be complete, and stand on one line'
  }
  if (!/^\s*\{/.test(source)) return 'this line is not JSON: it does not begin with {'
  return Number.isNaN(at) ? 'this line is not JSON' : `this line is not JSON from column ${at + 1} on`
}
