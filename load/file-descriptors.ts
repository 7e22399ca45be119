/**
 * Each open connection is a file descriptor here and one in workerd, which ends when it can accept no more. Both inherit
 * the limit of this process, which Node has raised to the hard one.
 */
import { readFileSync } from 'node:fs'
import { OperatorError } from '../scripts/process/operator-error.ts'

/** For everything else: files of Durable Objects, connections of the other streams. */
const others = 5_000

/** @throws OperatorError when `connections` cannot be opened */
export function requireFileDescriptors(connections: number): void {
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const limit = Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY)
  if (limit >= connections + others) return
  throw new OperatorError(
    `${connections} connections need ${connections + others} open files; the limit is ${limit}.`,
    `Raise it first: ulimit -n ${connections + others}`,
  )
}
