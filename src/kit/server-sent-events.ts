/** The format of `text/event-stream` (HTML Living Standard §9.2). */

export interface ServerSentEvent {
  /** Ignored by clients; keeps the connection in use. One line. */
  readonly comment?: string | undefined
  /** Comes back as `Last-Event-ID` when the client connects again. */
  readonly id?: string | number | undefined
  readonly event?: string | undefined
  readonly data?: string | undefined
  /** Milliseconds the client waits before it connects again. */
  readonly retry?: number | undefined
}

/** One block. Line breaks in `data` become lines of their own; the other fields must have none. */
export function formatServerSentEvent({ comment, id, event, data, retry }: ServerSentEvent): string {
  let block = ''
  if (comment !== undefined) block += `: ${comment}\n`
  if (retry !== undefined) block += `retry: ${retry}\n`
  if (id !== undefined) block += `id: ${id}\n`
  if (event !== undefined) block += `event: ${event}\n`
  if (data !== undefined) for (const line of data.split(/\r\n|\r|\n/)) block += `data: ${line}\n`
  return `${block}\n`
}

/** Headers of the response that carries such blocks. No cache and no proxy buffer may hold them back. */
export const serverSentEventHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
}
