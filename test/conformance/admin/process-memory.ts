/** Memory and CPU of the worker's process while something runs, from /proc. */
import { readFileSync } from 'node:fs'

/** Resident memory in MiB. */
export function residentMib(pid: number): number {
  const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}

/** CPU-seconds used so far. Linux counts in hundredths. */
export function cpuSecondsOf(pid: number): number {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

export interface Watched {
  /** MiB. */
  readonly peak: number
}

/** Samples resident memory until `stop` is called. */
export function watchMemory(pid: () => number): { stop(): Watched } {
  let peak = 0
  const timer = setInterval(() => {
    try {
      peak = Math.max(peak, residentMib(pid()))
    } catch {
      // Between a kill and the restart there is no process.
    }
  }, 20)
  return {
    stop() {
      clearInterval(timer)
      return { peak }
    },
  }
}
