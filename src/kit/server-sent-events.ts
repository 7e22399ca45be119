/** The format of `text/event-stream` (HTML Living Standard §9.2). */

export interface ServerSentEvent {
  /** Ignored by clients; keeps the connection alive. Must be one line. */
  readonly comment?: string | undefined
  /** Sent back as `Last-Event-ID` when the client reconnects. */
  readonly id?: string | number | undefined
  readonly event?: string | undefined
  readonly data?: string | undefined
  /** Milliseconds the client waits before reconnecting. */
  readonly retry?: number | undefined
}

/** Formats one event. Line breaks in `data` become separate lines; the other fields must have none. */
export function formatServerSentEvent({ comment, id, event, data, retry }: ServerSentEvent): string {
  let block = ''
  if (comment !== undefined) block += `: ${comment}\n`
  if (retry !== undefined) block += `retry: ${retry}\n`
  if (id !== undefined) block += `id: ${id}\n`
  if (event !== undefined) block += `event: ${event}\n`
  if (data !== undefined) for (const line of data.split(/\r\n|\r|\n/)) block += `data: ${line}\n`
  return `${block}\n`
}

/** Headers of an event-stream response: caches and buffering proxies must not hold events back. */
export const serverSentEventHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
}
