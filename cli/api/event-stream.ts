/** Reads `text/event-stream` (HTML Living Standard §9.2) and goes on after the last event it saw. */

export interface StreamedEvent {
  readonly event: string
  readonly data: string
}

export interface StreamPosition {
  lastEventId: string | undefined
  /** Milliseconds to wait before connecting again. */
  retryMs: number
}

/** A line longer than any event is an attack or a mistake. */
const maxLine = 4 * 1024 * 1024

/** The events of one connection; `position` moves along, also for blocks without data. */
export function readEvents(
  body: ReadableStream<Uint8Array>,
  position: StreamPosition,
): AsyncGenerator<StreamedEvent, void, undefined>
/** @param tellsIdle also yields `idle` for a block that only moves the position: nothing is new */
export function readEvents(
  body: ReadableStream<Uint8Array>,
  position: StreamPosition,
  tellsIdle: boolean,
): AsyncGenerator<StreamedEvent | 'idle', void, undefined>
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  position: StreamPosition,
  tellsIdle = false,
): AsyncGenerator<StreamedEvent | 'idle', void, undefined> {
  let event = ''
  let data: string[] = []
  let id = position.lastEventId
  let namesPosition = false
  for await (const line of readLines(body)) {
    if (line === '') {
      if (tellsIdle && data.length === 0 && namesPosition) yield 'idle'
      namesPosition = false
      position.lastEventId = id
      if (data.length > 0) yield { event: event === '' ? 'message' : event, data: data.join('\n') }
      event = ''
      data = []
      continue
    }
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') data.push(value)
    else if (name === 'event') event = value
    else if (name === 'id' && !value.includes('\0')) {
      id = value
      namesPosition = true
    } else if (name === 'retry' && /^\d{1,6}$/.test(value)) position.retryMs = Number(value)
  }
}

/** Lines of a UTF-8 stream, without their ends. */
export async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let rest = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream() as never) as ReadableStream<string>) {
    rest += chunk
    const lines = rest.split(/\r\n|\n/)
    rest = lines.pop() ?? ''
    if (rest.length > maxLine) throw new RangeError('a line of the stream is too long')
    yield* lines
  }
  if (rest !== '') yield rest
}
