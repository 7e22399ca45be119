import { AuthlyError } from '@authly-server/core'
import { readLines } from './lines.ts'

/** A file that the server sends: read as it arrives, and once. */
export interface Download extends AsyncIterable<Uint8Array> {
  readonly contentType: string
  /** As the server calls it. */
  readonly filename: string | undefined
  readonly body: ReadableStream<Uint8Array>
  text(): Promise<string>
  /** The objects of JSON lines (`format: 'ndjson'`), one by one. */
  rows<T = Readonly<Record<string, unknown>>>(): AsyncIterable<T>
}

export function downloadOf(response: Response): Download {
  const contentType = response.headers.get('content-type') ?? ''
  const body = response.body ?? new Response('').body
  if (body === null) throw new AuthlyError('invalid_response', { description: 'there is no file' })
  return {
    contentType,
    body,
    filename: /filename="([^"]*)"/.exec(response.headers.get('content-disposition') ?? '')?.[1],
    text: () => new Response(body).text(),
    [Symbol.asyncIterator]: () => chunksOf(body),
    rows: () => rowsOf(body, contentType),
  }
}

/** With a reader: not every stream of these years is iterable. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

async function* rowsOf<T>(
  body: ReadableStream<Uint8Array>,
  contentType: string,
): AsyncGenerator<T, void, undefined> {
  if (!/ndjson|jsonl/.test(contentType))
    throw new TypeError(`only JSON lines have rows, and this is ${contentType}: ask for format 'ndjson'`)
  for await (const line of readLines(body)) {
    if (line === '') continue
    let row: T
    try {
      row = JSON.parse(line) as T
    } catch {
      // Without the line, which may hold what no log should.
      throw new AuthlyError('invalid_response', { description: 'a line of the file is no JSON' })
    }
    yield row
  }
}
