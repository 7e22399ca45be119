/** Headers and raw body of a request, of the Fetch API or of Node. */
import { WebhookError } from './webhook-error.ts'

export type IncomingHeaders =
  | Headers
  /** `request.headers` of Node; names in any spelling. */
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** A request whose raw body was read already. */
export interface IncomingWebhook {
  readonly headers: IncomingHeaders
  /** The bytes as they came, or their text; not what a JSON parser made of them. */
  readonly body: string | Uint8Array | ArrayBuffer
}

export interface Message {
  readonly id: string
  /** As the header says it, which is what was signed. */
  readonly timestamp: string
  readonly signatures: string
  readonly body: Uint8Array<ArrayBuffer>
}

export async function readMessage(incoming: Request | IncomingWebhook, maxBytes: number): Promise<Message> {
  const { headers } = incoming
  const [id, timestamp, signatures] = [
    headerOf(headers, 'webhook-id'),
    headerOf(headers, 'webhook-timestamp'),
    headerOf(headers, 'webhook-signature'),
  ]
  // Attack: a full stop moves the borders of what is signed, `id.timestamp.body`.
  if (!/^[^\s.,]{1,256}$/.test(id)) throw new WebhookError('invalid_header', 'webhook-id is no id')
  if (!/^[0-9]{1,12}$/.test(timestamp)) {
    throw new WebhookError('invalid_header', 'webhook-timestamp is no number of seconds')
  }
  return { id, timestamp, signatures, body: await bodyOf(incoming, maxBytes) }
}

function headerOf(headers: IncomingHeaders, name: string): string {
  const values = isHeaders(headers)
    ? [headers.get(name)]
    : Object.entries(headers)
        .filter(([spelling]) => spelling.toLowerCase() === name)
        .flatMap(([, value]) => value)
  const [value, ...more] = values.filter((one) => one !== null && one !== undefined)
  if (value === undefined || value === '') throw new WebhookError('missing_header', `${name} is missing`)
  // Attack: one value for a proxy that looks at it, another one for us.
  if (more.length > 0) throw new WebhookError('invalid_header', `${name} is there more than once`)
  return value
}

/** By what it can do: a `Headers` may be that of another realm or a polyfill. */
const isHeaders = (headers: IncomingHeaders): headers is Headers =>
  typeof (headers as { get?: unknown }).get === 'function'

async function bodyOf(incoming: Request | IncomingWebhook, maxBytes: number) {
  const bytes = isRequest(incoming) ? await read(incoming, maxBytes) : rawBytes(incoming.body)
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes)
  return bytes
}

const isRequest = (incoming: Request | IncomingWebhook): incoming is Request =>
  typeof (incoming as { arrayBuffer?: unknown }).arrayBuffer === 'function'

/** Attack: a body without end, of somebody who has no secret. What is beyond the limit is not read. */
async function read(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (request.bodyUsed) {
    throw new WebhookError('body_not_raw', 'the body of the request was read before it was verified')
  }
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = request.body.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.byteLength
    if (length > maxBytes) {
      await reader.cancel()
      throw tooLarge(maxBytes)
    }
    chunks.push(next.value)
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function rawBytes(body: unknown): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return new TextEncoder().encode(body) as Uint8Array<ArrayBuffer>
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength)
  }
  throw new WebhookError(
    'body_not_raw',
    'body must be the raw bytes or text; a parser has made an object of it, and its bytes are gone',
  )
}

const tooLarge = (maxBytes: number) => new WebhookError('body_too_large', `more than ${maxBytes} bytes`)
