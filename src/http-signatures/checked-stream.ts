/**
 * Checks a body against its Content-Digest while streaming, for uploads that are too large to hold in memory. If
 * the digest does not match, the reader gets an error in place of the end of the stream.
 */
import { type DigestAlgorithm, digestNames, isSameDigest, readContentDigest } from './content-digest.ts'

/** Thrown at the end of a stream that does not match its digest. */
export class ContentDigestMismatch extends Error {
  override readonly name = 'ContentDigestMismatch'
  constructor() {
    super('the body does not fit its Content-Digest')
  }
}

/**
 * `body`, ending in `ContentDigestMismatch` unless it matches every strong digest in `field`. `onMismatch` is for
 * readers behind an RPC call, where a thrown error loses its class.
 */
export function checkedStream(
  body: ReadableStream<Uint8Array>,
  field: string | null,
  onMismatch: () => void = () => undefined,
): ReadableStream<Uint8Array> {
  const stated = [...(readContentDigest(field) ?? [])].map(([algorithm, digest]) =>
    startDigest(algorithm, digest),
  )
  const check = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      for (const { writer } of stated) await writer.write(chunk)
      controller.enqueue(chunk)
    },
    async flush(controller) {
      for (const { writer } of stated) await writer.close()
      const fits = await Promise.all(stated.map(({ fitsAtEnd }) => fitsAtEnd()))
      if (fits.length > 0 && !fits.includes(false)) return
      onMismatch()
      controller.error(new ContentDigestMismatch())
    },
  })
  return body.pipeThrough(check)
}

function startDigest(algorithm: DigestAlgorithm, stated: Uint8Array) {
  const stream = new crypto.DigestStream(digestNames[algorithm])
  return {
    writer: stream.getWriter(),
    fitsAtEnd: async () => isSameDigest(stated, new Uint8Array(await stream.digest)),
  }
}
