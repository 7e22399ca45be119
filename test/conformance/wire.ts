/** Requests as they go over the wire: form posts, client credentials, and bytes that no HTTP library would send. */
import { request as httpRequest } from 'node:http'

export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON body; undefined for anything else. */
  readonly json: Record<string, unknown> | undefined
}

export type FormFields = Readonly<Record<string, string | readonly string[] | undefined>>

/** RFC 6749 §2.3.1, with both halves form-encoded. */
export const basic = (clientId: string, secret: string): string =>
  `Basic ${Buffer.from(`${formEncode(clientId)}:${formEncode(secret)}`).toString('base64')}`

const formEncode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

/** A form body; arrays repeat the parameter, undefined leaves it out. */
export function formBody(fields: FormFields): string {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value ?? []].flat()) body.append(name, one)
  }
  return body.toString()
}

/** Posts a form. */
export const postForm = (url: string, fields: FormFields, headers: HeadersInit = {}): Promise<Answer> =>
  send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: formBody(fields),
  })

/** One request, redirects not followed. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  return toAnswer(response.status, response.headers, await response.text())
}

export type RawRequest = {
  readonly method?: string
  /** Path and query, sent as it is. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** Chunks; with `content-length` in the headers sent as one body, otherwise chunked. */
  readonly body?: readonly (string | Buffer)[]
}

/** A request with any `Host`, any bytes and any framing. A server may answer before it has read everything. */
export function sendRaw(
  base: string,
  { method = 'GET', path, headers = {}, body = [] }: RawRequest,
): Promise<Answer> {
  const { hostname, port } = new URL(base)
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const received = new Headers()
      for (let index = 0; index < response.rawHeaders.length; index += 2) {
        received.append(response.rawHeaders[index] as string, response.rawHeaders[index + 1] as string)
      }
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(toAnswer(response.statusCode ?? 0, received, text)))
      response.on('error', reject)
    })
    // A refusal while we are still sending closes the connection: the answer counts, not the broken pipe.
    outgoing.on('error', (error) => setTimeout(reject, 500, error))
    for (const chunk of body) outgoing.write(chunk)
    outgoing.end()
  })
}

function toAnswer(status: number, headers: Headers, text: string): Answer {
  const isJson = text !== '' && /[/+]json\b/.test(headers.get('content-type') ?? '')
  return { status, headers, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : undefined }
}
