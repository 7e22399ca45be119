/**
 * The body of an upload. What can be read again (text, bytes, a blob, a function that opens a stream) is sent again
 * after a failure; a stream can be read only once.
 */
export type Upload =
  | string
  | Uint8Array<ArrayBuffer>
  | Blob
  | ReadableStream<Uint8Array>
  | (() => ReadableStream<Uint8Array>)

export interface Body {
  readonly open: () => BodyInit
  readonly isReadable: 'once' | 'again'
  readonly type: string
}

export const uploadBody = (upload: Upload, type: string): Body =>
  upload instanceof ReadableStream
    ? { open: () => upload, isReadable: 'once', type }
    : { open: typeof upload === 'function' ? upload : () => upload, isReadable: 'again', type }

/** @param type a media type of JSON */
export function jsonBody(value: unknown, type: string): Body {
  const text = JSON.stringify(value)
  return { open: () => text, isReadable: 'again', type }
}

/**
 * Rows as JSON lines, made as they are sent: `users.import(ndjson(rows), { contentType: 'application/x-ndjson' })`.
 * Rows of an array or a function can be sent again.
 */
export function ndjson<T>(rows: Rows<T> | (() => Rows<T>)): Upload {
  const streamOf = (source: Rows<T>) => {
    const lines = linesOf(source)
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value, done } = await lines.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await lines.return(undefined)
      },
    })
  }
  if (typeof rows === 'function') return () => streamOf(rows())
  return Array.isArray(rows) ? () => streamOf(rows) : streamOf(rows)
}

type Rows<T> = Iterable<T> | AsyncIterable<T>

const chunkSize = 16_384

async function* linesOf<T>(rows: Rows<T>): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder()
  let text = ''
  for await (const row of rows) {
    text += `${JSON.stringify(row)}\n`
    if (text.length < chunkSize) continue
    yield encoder.encode(text)
    text = ''
  }
  if (text !== '') yield encoder.encode(text)
}
