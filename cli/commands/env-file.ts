/**
 * `--write-env`: where the variables of a new client go. It is opened before anything is sent, because a secret that is
 * shown once must not meet a file that cannot be written.
 */
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, rm } from 'node:fs/promises'
import type { CommandContext } from '../command.ts'
import { type Failure, usage } from '../failure.ts'
import { isInteractive } from '../terminal.ts'

export interface EnvFile {
  readonly path: string
  write(text: string): Promise<void>
  /** The client was not made: the file is as it was. */
  discard(): Promise<void>
}

/** Undefined: none was asked for. A file that exists is added to, when somebody says so. */
export async function openEnvFile(context: CommandContext): Promise<EnvFile | undefined> {
  const path = context.options['write-env'] as string | undefined
  if (path === undefined || context.global.dryRun) return undefined
  const isNew = await create(path)
  if (!isNew) await checkAddable(path, context)
  return {
    path,
    async write(text) {
      const file = await openToAdd(path)
      try {
        // It holds secrets from now on, whatever it was for before.
        await file.chmod(0o600)
        await file.writeFile(isNew || (await endsWithLine(file)) ? text : `\n${text}`)
        await file.sync()
      } finally {
        await file.close()
      }
    },
    discard: async () => {
      if (isNew) await rm(path, { force: true })
    },
  }
}

/** @returns whether there was none; it is there now, and empty */
async function create(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o600)).close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw cannotWrite(path, error)
  }
}

async function checkAddable(path: string, context: CommandContext): Promise<void> {
  // Attack: a repository one has cloned brings `.env.local` along as a link to a file of one's own.
  if (!(await lstat(path)).isFile()) throw usage(`${path} is not a regular file.`)
  await (await openToAdd(path)).close()
  if (context.global.yes) return
  if (!isInteractive(context.terminal))
    throw usage(`${path} exists.`, 'Name another file, or add to it: --yes; nothing in it is replaced.')
  await context.confirm(`${path} exists. Add the variables to its end?`)
}

/** Follows no link, however late it was made. */
const openToAdd = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDWR | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0)).catch((error: unknown) => {
    throw cannotWrite(path, error)
  })

async function endsWithLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return true
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] === 0x0a
}

const cannotWrite = (path: string, error: unknown): Failure =>
  usage(`${path} cannot be written (${(error as NodeJS.ErrnoException).code}).`)
