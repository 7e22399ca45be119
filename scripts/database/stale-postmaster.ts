/**
 * What an earlier run may have left in a data folder: a Postgres that is still running, or a postmaster.pid whose
 * number now belongs to another process. Called while holding the instance lock, so no other instance uses the folder.
 */
import { execFileSync } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isProcessAlive } from '../process/process-identity.ts'

/** Stops a leftover Postgres in `data`; removes a postmaster.pid that names a process other than Postgres. */
export async function clearStalePostmaster(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return
  const pid = Number.parseInt(text, 10)
  if (!Number.isInteger(pid) || pid <= 1 || !isProcessAlive(pid)) return
  if (!(await commandOf(pid)).includes(data)) {
    await rm(file, { force: true })
    return
  }
  process.kill(pid, 'SIGINT')
  for (let waitedMs = 0; waitedMs < 10_000 && isProcessAlive(pid); waitedMs += 50) await sleep(50)
  if (isProcessAlive(pid)) process.kill(pid, 'SIGKILL')
}

async function commandOf(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    try {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    } catch {
      return ''
    }
  }
}
