import { AuthlyError } from '@authly-server/core'

/** A line longer than any event or row is an attack or a mistake. */
const longest = 4 * 1024 * 1024

/** The lines of a UTF-8 stream, without their ends. Stops reading when the consumer does. */
export async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      rest += decoder.decode(next.value, { stream: true })
      const lines = rest.split(/\r\n|\n/)
      rest = lines.pop() ?? ''
      if (rest.length > longest)
        throw new AuthlyError('invalid_response', { description: 'a line is too long' })
      yield* lines
    }
    rest += decoder.decode()
    if (rest !== '') yield rest
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
