/** The causes of an error: drivers and libraries wrap what they catch (`Error.cause`). */

const maxDepth = 20

/** `error` and its chain of causes, the innermost last. Empty if it is not an `Error`. */
export function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = []
  for (let cause = error; cause instanceof Error && causes.length < maxDepth; cause = cause.cause) {
    causes.push(cause)
  }
  return causes
}
