/** JSON lines as another format, while they stream by. */
import { contentTypes, createRowWriter, type ExportFormat } from '../../jobs/formats/row-writers.ts'

type Row = Readonly<Record<string, unknown>>

export interface Converted {
  readonly body: ReadableStream<Uint8Array>
  readonly contentType: string
}

/** @param columns of CSV, in order */
export function convertLines(
  lines: ReadableStream<Uint8Array>,
  format: ExportFormat,
  columns: readonly string[],
): Converted {
  const contentType = contentTypes[format]
  if (format === 'ndjson') return { body: lines, contentType }
  const writer = createRowWriter(format, columns)
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let rest = ''
  const convert = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(writer.start())),
    transform(chunk, controller) {
      const whole = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = whole.pop() ?? ''
      const text = writer.rows(whole.filter(Boolean).map((line) => JSON.parse(line) as Row))
      if (text !== '') controller.enqueue(encoder.encode(text))
    },
    flush: (controller) => controller.enqueue(encoder.encode(writer.end())),
  })
  return { body: lines.pipeThrough(convert), contentType }
}
