/** Bodies are read up to a limit: nobody fills an isolate's memory with what they send, or with what we fetch from them. */

/**
 * All bytes of `body`; `undefined`, and the rest unread, when there are more than `maxBytes`. Counted as they arrive:
 * `Content-Length` may lie, and a compressed body may unpack to gigabytes.
 */
export async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

/** The text of a request; `undefined` when it is longer than `maxBytes`. HTTP delivers no more than a request declares. */
export async function readRequestText(request: Request, maxBytes: number): Promise<string | undefined> {
  const declared = request.headers.get('content-length')
  if (declared !== null) return Number(declared) <= maxBytes ? request.text() : undefined
  const bytes = await readBytes(request.body, maxBytes)
  return bytes && new TextDecoder().decode(bytes)
}
