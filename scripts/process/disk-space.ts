/** A full disk is reported before the work begins: Postgres and npm fail on it late and with obscure errors. */
import { statfs } from 'node:fs/promises'
import { OperatorError } from './operator-error.ts'

export const firstStartBytes = 500 * 1024 * 1024

/** Throws OperatorError when the disk that holds `folder` has less than `neededBytes` free for ordinary users. */
export async function checkDiskSpace(folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = bavail * bsize
  if (freeBytes >= neededBytes) return
  const megabytes = (bytes: number) => Math.floor(bytes / 1024 / 1024)
  throw new OperatorError(
    `Only ${megabytes(freeBytes)} MB are free on the disk that holds ${folder}.`,
    `Free at least ${megabytes(neededBytes)} MB, then try again.`,
  )
}
