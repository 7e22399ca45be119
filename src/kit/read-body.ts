/** Bodies are read up to a limit: neither what clients send nor what we fetch may exhaust an isolate's memory. */

/**
 * All bytes of `body`; `undefined`, with the rest unread, when there are more than `maxBytes`. Counted as they
 * arrive: `Content-Length` may be false, and a compressed body may expand to gigabytes.
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

/**
 * The text of a request; `undefined` when it is longer than `maxBytes`. HTTP delivers no more than the request
 * declares.
 */
export async function readRequestText(request: Request, maxBytes: number): Promise<string | undefined> {
  const declared = request.headers.get('content-length')
  if (declared !== null) return Number(declared) <= maxBytes ? request.text() : undefined
  const bytes = await readBytes(request.body, maxBytes)
  return bytes && new TextDecoder().decode(bytes)
}
