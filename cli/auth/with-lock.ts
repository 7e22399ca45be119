/**
 * One process at a time: parallel commands must not rotate one refresh token twice. The lock is a file that names
 * its holder. A holder that died leaves it behind; it is then moved away, and moved back if it turns out to be
 * somebody's new one. Should two ever rotate all the same, the server answers a quick repetition with the same
 * successor (docs/decisions/0004).
 */
import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../failure.ts'
import { isMissing, makePrivateFolder } from './private-folder.ts'

const timeoutMs = 30_000
/** Nothing is done for longer under this lock; covers a process id that somebody else got. */
const oldestMs = 60_000

/** Runs `work` while holding the lock file at `path`. */
export async function withLock<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  await makePrivateFolder(dirname(path))
  const own = `${process.pid} ${randomBytes(8).toString('hex')}\n`
  const giveUpAt = Date.now() + timeoutMs
  while (!(await take(path, own))) {
    if (Date.now() > giveUpAt) {
      throw new Failure('unavailable', 'Another authly command holds the credentials for too long.', {
        hint: `If none runs: rm ${path}`,
      })
    }
    await sleep(20 + Math.random() * 40)
  }
  try {
    return await work()
  } finally {
    // Only our own: a lock that was taken over is another's.
    if ((await read(path)) === own) await rm(path, { force: true })
  }
}

async function take(path: string, own: string): Promise<boolean> {
  try {
    await writeFile(path, own, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const found = await read(path)
  if (found !== undefined && (await isAbandoned(path, found))) await moveAway(path, found)
  return false
}

async function isAbandoned(path: string, content: string): Promise<boolean> {
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
  const pid = Number.parseInt(content, 10)
  // Not written yet, or cut off.
  if (Number.isNaN(pid)) return age > 2000
  return age > oldestMs || !isAlive(pid)
}

async function moveAway(path: string, abandoned: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await rename(path, aside)
    if ((await read(aside)) !== abandoned) await link(aside, path).catch(() => undefined)
    await rm(aside, { force: true })
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const read = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)
