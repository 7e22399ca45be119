import { readLines } from './lines.ts'

export interface ServerSentEvent {
  /** Undefined for a block that only moves the position. */
  readonly event: string | undefined
  readonly data: string
  readonly id: string | undefined
}

/** Reads `text/event-stream` (HTML Living Standard §9.2). */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let event = ''
  let data: string[] = []
  let id: string | undefined
  let isMoved = false
  for await (const line of readLines(body)) {
    if (line === '') {
      if (data.length > 0) yield { event: event === '' ? 'message' : event, data: data.join('\n'), id }
      else if (isMoved) yield { event: undefined, data: '', id }
      event = ''
      data = []
      isMoved = false
      continue
    }
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') data.push(value)
    else if (name === 'event') event = value
    else if (name === 'id' && !value.includes('\0')) {
      id = value
      isMoved = true
    }
  }
}
