/**
 * How many connections this machine admits. Each takes two file descriptors of workerd (it duplicates what it accepts)
 * and one here, and workerd ends when it can accept no more. Both have the limit of this process, which Node raises to
 * the hard one when it starts.
 */
import { readFileSync } from 'node:fs'

const perConnection = 2
/** For everything else in workerd: files of Durable Objects, other connections, Postgres. */
const reserve = 1_500

/** Of this process; infinite where there is none. */
export function fileLimit(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
}

/** `wanted`, or as many as `limit` admits. @throws when it admits none */
export function affordableConnections(wanted: number, limit: number): number {
  const most = Math.floor((limit - reserve) / perConnection)
  if (most <= 0) throw new Error(`a limit of ${limit} open files is too low: ulimit -n`)
  return Math.min(wanted, most)
}
