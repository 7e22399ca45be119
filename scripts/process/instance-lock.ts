/** One instance per clone: two would compete for the data folder, the port and `.dev.vars`. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, explainFileError, OperatorError } from './operator-error.ts'
import { isProcessAlive, startOf } from './process-identity.ts'

type Holder = { pid: number; started: string | undefined; command: string }

/**
 * Takes the lock of `stateFolder`; the returned function releases it. A lock whose process has ended (or whose id now
 * belongs to another process) is taken over. Throws OperatorError while another instance holds it.
 */
export async function takeInstanceLock(stateFolder: string, command: string): Promise<() => Promise<void>> {
  const path = join(stateFolder, 'instance.lock')
  const own: Holder = { pid: process.pid, started: startOf(process.pid), command }
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFile(path, JSON.stringify(own), { flag: 'wx', mode: 0o600 })
      return () => rm(path, { force: true })
    } catch (error) {
      if (errorCode(error) !== 'EEXIST' || attempt >= 5) explainFileError(error, path)
    }
    const holder = await readHolder(path)
    if (holder !== undefined && isSameProcess(holder)) {
      throw new OperatorError(
        `Another instance is already running in this clone (${holder.command}, process ${holder.pid}).`,
        `Stop it first (Ctrl-C in its terminal, or: kill ${holder.pid}).`,
      )
    }
    await rm(path, { force: true })
  }
}

function isSameProcess({ pid, started }: Holder): boolean {
  if (!isProcessAlive(pid)) return false
  return started === undefined || startOf(pid) === started
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const value: Partial<Holder> = JSON.parse(await readFile(path, 'utf8'))
    if (typeof value.pid !== 'number') return undefined
    return { pid: value.pid, started: value.started, command: value.command ?? 'unknown' }
  } catch {
    return undefined
  }
}
