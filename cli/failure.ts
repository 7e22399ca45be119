/** An expected end of a command: printed as it is, without a stack. Whatever else is thrown is a bug. */
import { type ExitReason, exitCodes } from './exit-codes.ts'

export class Failure extends Error {
  readonly reason: ExitReason
  /** What to do about it. */
  readonly hint: string | undefined
  /** The server's answer, for `--output json`. */
  readonly problem: unknown

  constructor(
    reason: ExitReason,
    message: string,
    more: { hint?: string | undefined; problem?: unknown } = {},
  ) {
    super(message)
    this.reason = reason
    this.hint = more.hint
    this.problem = more.problem
  }

  get exitCode(): number {
    return exitCodes[this.reason].code
  }
}

export const usage = (message: string, hint?: string): Failure => new Failure('usage', message, { hint })
