/**
 * JSON on one line, for readers of all kinds. JSON leaves U+0085, U+2028 and U+2029 as they are, and some readers
 * (Node's readline, Python's `splitlines`) end a line there: a name with one of them would break the file apart. The
 * other characters that such readers end lines at, JSON escapes itself (RFC 8259 §7).
 */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
