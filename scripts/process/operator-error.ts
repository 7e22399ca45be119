/**
 * A failure that the operator can fix: what is wrong, and what to do about it. The commands print both without a stack
 * trace; any other error is a bug and keeps its stack.
 */
export class OperatorError extends Error {
  readonly remedy: string

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'OperatorError'
    this.remedy = remedy
  }
}

/** The `code` of a Node or Postgres error (`EACCES`, `ENOSPC`, `28P01` …), if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Turns file-system errors that only the operator can fix into an {@link OperatorError}; rethrows the rest. */
export function explainFileError(error: unknown, path: string): never {
  const code = errorCode(error)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    throw new OperatorError(
      `No permission to write to ${path}.`,
      'Clone Authly into a folder you own (or give yourself the folder: sudo chown -R "$USER" .), then try again.',
      { cause: error },
    )
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    throw new OperatorError(
      `The disk that holds ${path} is full.`,
      'Free at least 500 MB on it, then try again.',
      { cause: error },
    )
  }
  throw error
}

/** Text for the terminal: message and remedy for an {@link OperatorError}, the stack for anything else. */
export function describeFailure(error: unknown): string {
  if (error instanceof OperatorError) return `\nAuthly: ${error.message}\n  ${error.remedy}\n`
  if (error instanceof Error) return `\n${error.stack ?? error.message}\n`
  return `\n${String(error)}\n`
}
