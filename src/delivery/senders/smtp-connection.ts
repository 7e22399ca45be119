/** One connection to an SMTP server (RFC 5321): commands, and replies that are read strictly. */

/** What of a socket is used; `connect` of `cloudflare:sockets` makes one. */
export interface SmtpSocket {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
  readonly opened: Promise<unknown>
  startTls(): SmtpSocket
  close(): Promise<unknown>
}

export type OpenSocket = (
  address: { readonly hostname: string; readonly port: number },
  options: { readonly secureTransport: 'on' | 'starttls'; readonly allowHalfOpen: false },
) => SmtpSocket

export interface SmtpReply {
  readonly code: number
  /** Without codes. */
  readonly lines: readonly string[]
}

/** What the server says is no SMTP, or it hung up. */
export class SmtpProtocolError extends Error {
  override readonly name = 'SmtpProtocolError'
}

/** RFC 5321 §4.5.3.1.5 allows 512; some servers explain themselves at length. */
const maxReplyBytes = 16 * 1024
const replyLine = /^([2-5]\d\d)(?:([ -])(.*))?$/

const encoder = new TextEncoder()
const latin1 = new TextDecoder('latin1')

export class SmtpConnection {
  #socket: SmtpSocket
  #reader: ReadableStreamDefaultReader<Uint8Array>
  #writer: WritableStreamDefaultWriter<Uint8Array>
  #received = ''

  constructor(socket: SmtpSocket) {
    this.#socket = socket
    this.#reader = socket.readable.getReader()
    this.#writer = socket.writable.getWriter()
  }

  /** Sends a command and reads its reply. @param line without its end */
  async command(line: string): Promise<SmtpReply> {
    // Attack: a value with a line break would be two commands.
    if (/[\r\n]/.test(line)) throw new SmtpProtocolError('a command is one line')
    return this.send(`${line}\r\n`)
  }

  /** Sends text as it is and reads the reply. */
  async send(text: string): Promise<SmtpReply> {
    await this.#writer.write(encoder.encode(text))
    return this.reply()
  }

  /** The next reply, which may have several lines. */
  async reply(): Promise<SmtpReply> {
    const lines: string[] = []
    for (;;) {
      const [whole, code, more, text = ''] = replyLine.exec(await this.#line()) ?? []
      if (whole === undefined) throw new SmtpProtocolError('not a reply')
      lines.push(text)
      if (more !== '-') return { code: Number(code), lines }
    }
  }

  async #line(): Promise<string> {
    let end = this.#received.indexOf('\n')
    while (end < 0) {
      if (this.#received.length > maxReplyBytes) throw new SmtpProtocolError('the reply is too long')
      const { value, done } = await this.#reader.read()
      if (done) throw new SmtpProtocolError('the server hung up')
      this.#received += latin1.decode(value)
      end = this.#received.indexOf('\n')
    }
    const line = this.#received.slice(0, end).replace(/\r$/, '')
    this.#received = this.#received.slice(end + 1)
    return line
  }

  /** Goes on in TLS, after the server has agreed to. */
  async startTls(): Promise<void> {
    // Attack: who can write into the connection adds replies behind the agreement, which we would take for the server's
    // own after the handshake (CVE-2021-38371 and its kin).
    if (this.#received !== '') throw new SmtpProtocolError('something was said before TLS')
    this.#reader.releaseLock()
    this.#writer.releaseLock()
    this.#socket = this.#socket.startTls()
    this.#reader = this.#socket.readable.getReader()
    this.#writer = this.#socket.writable.getWriter()
    await this.#socket.opened
  }

  /** Takes leave without waiting for the answer. */
  async quit(): Promise<void> {
    await this.#writer.write(encoder.encode('QUIT\r\n')).catch(() => undefined)
    await this.close()
  }

  async close(): Promise<void> {
    await this.#socket.close().catch(() => undefined)
  }
}
