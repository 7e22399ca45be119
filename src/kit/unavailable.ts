/** Tells an outage behind us, which a retry may survive, from a bug, which it will not. */

/** SQLSTATE classes: connection, insufficient resources, operator intervention. */
const outageStates = /^(08|53|57)/

/** Whether `error`, or what caused it, is a backend that could not be reached. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, overloaded, retryable } = error as {
    code?: unknown
    overloaded?: unknown
    retryable?: unknown
  }
  if (overloaded === true || retryable === true || error.name === 'TimeoutError') return true
  if (error.name === 'NeonDbError') return typeof code !== 'string' || outageStates.test(code)
  return isUnavailable(error.cause)
}
