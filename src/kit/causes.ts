/** What an error was caused by: drivers and libraries wrap what they caught (`Error.cause`). */

const deepest = 20

/** `error`, what caused it, what caused that: the innermost last. Nothing for what is no error. */
export function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = []
  for (let cause = error; cause instanceof Error && causes.length < deepest; cause = cause.cause) {
    causes.push(cause)
  }
  return causes
}
