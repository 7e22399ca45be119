/**
 * Rows of an upload hold passwords and seeds of second factors: in the object's storage they are sealed, both as they
 * came and in the file of those that failed.
 */
import { mapLines } from '../kit/map-lines.ts'
import type { RootSecret } from '../kit/root-secret.ts'

const purpose = 'job upload'

export const sealUpload = (root: RootSecret, jobId: string, text: string): Promise<string> =>
  root.seal(purpose, text, jobId)

/** @throws Error when the root secret they were sealed under is no longer configured */
export async function openUpload(root: RootSecret, jobId: string, sealed: string): Promise<string> {
  const text = await root.open(purpose, sealed, jobId)
  if (text === undefined) throw new Error('the upload of a job cannot be opened')
  return text
}

/** A line of base64url alone. Files of jobs from before they were sealed have a comma or a brace in every line. */
const isSealed = (line: string): boolean => /^[A-Za-z0-9_-]+$/.test(line)

/** The file of failed rows as it was before it was sealed. */
export const openFailureLines = (
  root: RootSecret,
  jobId: string,
  file: ReadableStream<Uint8Array>,
): ReadableStream<Uint8Array> =>
  mapLines(file, async (lines) => {
    const texts = lines.map((line) => (isSealed(line) ? openUpload(root, jobId, line) : `${line}\n`))
    return (await Promise.all(texts)).join('')
  })
