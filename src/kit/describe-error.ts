/**
 * An unexpected error for the log: its name, the first line of its message and of its cause's. The rest may quote a
 * query with its parameters, which may be personal.
 */
export function describeError(error: Error): string {
  const cause = error.cause instanceof Error ? ` <- ${error.cause.message}` : ''
  return `${error.name}: ${error.message.split('\n')[0]}${cause}`.slice(0, 500)
}
