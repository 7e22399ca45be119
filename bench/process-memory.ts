/** Memory (RSS) of processes, as the kernel counts it: proc_pid_status(5), proc_pid_clear_refs(5). */
import { readFileSync, writeFileSync } from 'node:fs'

function read(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1]) / 1024
}

/** What the kernel remembers as the peak, from here on. */
export const forgetPeaks = (pids: readonly number[]): void => {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** The most that one of the processes held since `forgetPeaks`. */
export const peakMb = (pids: readonly number[]): number => Math.max(...pids.map((pid) => read(pid, 'VmHWM')))

/** What they hold together now. @throws when one of them has ended */
export const memoryMb = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + read(pid, 'VmRSS'), 0)
