/**
 * CPU time of whole process trees, read from /proc. Throughput on a shared machine depends on who else is
 * running; CPU-seconds per 1,000 requests hardly do, which is why every comparison rests on them.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** Linux reports times in units of 1/USER_HZ, which is 100 on every architecture Node runs on. */
const ticksPerSecond = 100

interface ProcessTimes {
  readonly parent: number
  readonly seconds: number
}

/** Fields of proc_pid_stat(5), or `undefined` when the process has gone. */
function readTimes(pid: number): ProcessTimes | undefined {
  let line: string
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The second field is the command in parentheses and may contain spaces; count from its end.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3])
  const ticks = field(14) + field(15) + field(16) + field(17)
  return { parent: field(4), seconds: ticks / ticksPerSecond }
}

/**
 * CPU-seconds (user and system) that the trees rooted at `roots` have used so far, including children that
 * have ended and been waited for. Differences of two readings are what counts.
 */
export function cpuSeconds(roots: readonly number[]): number {
  const times = new Map<number, ProcessTimes>()
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    const found = Number.isInteger(pid) ? readTimes(pid) : undefined
    if (found) times.set(pid, found)
  }
  const inTree = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = times.get(at)?.parent) {
      if (roots.includes(at)) return true
    }
    return false
  }
  let total = 0
  for (const [pid, { seconds }] of times) if (inTree(pid)) total += seconds
  return total
}

/**
 * Waits until the trees have been idle for `quietMs`, so that work a server puts off (audit flushes, garbage
 * collection) is charged to the requests that caused it. Gives up after `limitMs`.
 */
export async function untilIdle(roots: readonly number[], quietMs = 400, limitMs = 20_000): Promise<void> {
  const windowMs = 200
  const idleSeconds = 0.01
  const deadline = Date.now() + limitMs
  let before = cpuSeconds(roots)
  let quietSince = Date.now()
  while (Date.now() < deadline && Date.now() - quietSince < quietMs) {
    await new Promise((resolve) => setTimeout(resolve, windowMs))
    const after = cpuSeconds(roots)
    if (after - before > idleSeconds) quietSince = Date.now()
    before = after
  }
}
