/** Copies a job's output to R2 as one object, in parts, so that it is never held as a whole. */
import { type BegunUpload, readFilePart } from './job.table.ts'

/**
 * R2 requires parts of equal size of at least 5 MiB, except for the last. Stored parts vary in size and are re-split.
 */
const partBytes = 5 * 1024 * 1024

/**
 * Sends the next part. A part sent twice replaces itself, so it may be repeated after a crash.
 * @returns what to store for the next call, or `complete`
 */
export async function publishOutput(
  bucket: R2Bucket,
  sql: SqlStorage,
  { key, type, begun }: { key: string; type: string | undefined; begun: BegunUpload | undefined },
): Promise<BegunUpload | 'complete'> {
  if (!begun) {
    const httpMetadata = type === undefined ? {} : { contentType: type }
    const { uploadId } = await bucket.createMultipartUpload(key, { httpMetadata })
    return { key, uploadId, parts: [] }
  }
  const upload = bucket.resumeMultipartUpload(key, begun.uploadId)
  const bytes = readRange(sql, begun.parts.length * partBytes)
  // An empty file still needs one part.
  if (bytes.length > 0 || begun.parts.length === 0) {
    const partNumber = begun.parts.length + 1
    const { etag } = await upload.uploadPart(partNumber, bytes)
    return { ...begun, parts: [...begun.parts, { partNumber, etag }] }
  }
  try {
    await upload.complete([...begun.parts])
  } catch (error) {
    // A previous attempt completed the upload, but the object ended before it could record that.
    if ((await bucket.head(key))?.size !== sizeOf(sql)) throw error
  }
  return 'complete'
}

const sizeOf = (sql: SqlStorage): number =>
  sql
    .exec<{ size: number }>("SELECT coalesce(sum(length(bytes)), 0) AS size FROM files WHERE name = 'output'")
    .one().size

/** `partBytes` of the output from `offset`, fewer at its end. */
function readRange(sql: SqlStorage, offset: number): Uint8Array {
  const range = new Uint8Array(partBytes)
  let filled = 0
  let at = 0
  const sizes = sql
    .exec<{ part: number; size: number }>(
      "SELECT part, length(bytes) AS size FROM files WHERE name = 'output' ORDER BY part",
    )
    .toArray()
  for (const { part, size } of sizes) {
    if (at + size > offset && filled < partBytes) {
      const bytes = readFilePart(sql, 'output', part) as Uint8Array
      const piece = bytes.subarray(Math.max(0, offset - at), Math.max(0, offset - at) + partBytes - filled)
      range.set(piece, filled)
      filled += piece.length
    }
    at += size
  }
  return range.subarray(0, filled)
}
