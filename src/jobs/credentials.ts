/**
 * Generated passwords and invitations of a job, sealed from creation to download, so that the object's storage alone
 * reveals none of them.
 */

import { jsonLine } from '../kit/json-line.ts'
import { mapLines } from '../kit/map-lines.ts'
import type { RootSecret } from '../kit/root-secret.ts'

const purpose = 'job credentials'

/** One line of the `credentials` file, without its newline. */
export const sealCredentials = (
  root: RootSecret,
  jobId: string,
  credentials: readonly object[],
): Promise<string> => root.seal(purpose, JSON.stringify(credentials), jobId)

/** @throws Error when the root secret they were sealed under is no longer configured */
export async function openCredentials(
  root: RootSecret,
  jobId: string,
  sealed: string,
): Promise<readonly Record<string, unknown>[]> {
  const text = await root.open(purpose, sealed, jobId)
  if (text === undefined) throw new Error('credentials of a job cannot be opened')
  return JSON.parse(text) as Record<string, unknown>[]
}

/** The file as JSON lines, one user each. */
export const openCredentialLines = (
  root: RootSecret,
  jobId: string,
  file: ReadableStream<Uint8Array>,
): ReadableStream<Uint8Array> =>
  mapLines(file, async (lines) => {
    const people = await Promise.all(lines.map((line) => openCredentials(root, jobId, line)))
    return people
      .flat()
      .map((person) => `${jsonLine(person)}\n`)
      .join('')
  })
