/**
 * JSON on one line, for all kinds of readers. JSON leaves U+0085, U+2028 and U+2029 unescaped, and some readers
 * (Node's readline, Python's `splitlines`) end a line there: a name containing one would split a record. JSON
 * itself escapes all other characters that end lines (RFC 8259 §7).
 */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
