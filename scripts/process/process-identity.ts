/** Whether a recorded process still exists and is the same one: process ids are reused. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { errorCode } from './operator-error.ts'

/** Whether a process with this id exists, even under another account. Zombies do not count. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
  return processState(pid) !== 'Z'
}

/**
 * When the process started, in the system's own notation; undefined if there is none or the time cannot be determined.
 */
export function startOf(pid: number): string | undefined {
  const fields = procStat(pid)
  if (fields !== undefined) return fields[19]
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

function processState(pid: number): string | undefined {
  return procStat(pid)?.[0]
}

/** Fields of /proc/<pid>/stat after the command name, which may itself contain blanks and brackets. */
function procStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
