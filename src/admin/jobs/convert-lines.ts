/** Converts JSON lines to another format while they are streamed. */

import {
  byteOrderMark,
  contentTypes,
  createRowWriter,
  type ExportFormat,
} from '../../jobs/formats/row-writers.ts'
import { mapLines } from '../../kit/map-lines.ts'

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
  const rewrite = (whole: readonly string[]) =>
    writer.rows(whole.filter(Boolean).map((line) => JSON.parse(line) as Row))
  return { body: mapLines(lines, rewrite, writer), contentType }
}

/** The same CSV behind a byte order mark. */
export const withMark = (csv: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> =>
  csv.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(byteOrderMark)),
    }),
  )
