/** Reads HTTP/1.1 responses of one connection, one at a time: what a load generator needs and no more. */

export interface HttpResponse {
  readonly status: number
  /** The status line and the headers. */
  readonly head: string
  readonly body: string
}

const endOfHead = '\r\n\r\n'
const endOfChunks = '0\r\n\r\n'

export class ResponseReader {
  #text = ''

  /** The response that ends with `chunk`, if one does. Bodies are taken as they travel, chunks with their sizes. */
  read(chunk: Buffer): HttpResponse | undefined {
    this.#text += chunk.toString('latin1')
    const headEnd = this.#text.indexOf(endOfHead)
    if (headEnd < 0) return undefined
    const head = this.#text.slice(0, headEnd)
    const body = this.#text.slice(headEnd + endOfHead.length)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    const isWhole = length === undefined ? body.endsWith(endOfChunks) : body.length >= Number(length)
    if (!isWhole) return undefined
    this.#text = ''
    return { status: Number(head.slice(9, 12)), head, body }
  }
}
