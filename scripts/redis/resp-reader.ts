/** Reads Redis replies (RESP2) from a byte stream. */

export class RedisError extends Error {
  override readonly name = 'RedisError'
}

export type RedisReply = string | number | null | Buffer | RedisError | RedisReply[]

type Parsed = { readonly reply: RedisReply; readonly end: number }

/** Collects chunks and returns complete replies; bulk strings stay bytes, simple strings become text. */
export class RespReader {
  private pending: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): RedisReply[] {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk])
    const replies: RedisReply[] = []
    let start = 0
    for (let parsed = parse(this.pending, start); parsed; parsed = parse(this.pending, start)) {
      replies.push(parsed.reply)
      start = parsed.end
    }
    this.pending = this.pending.subarray(start)
    return replies
  }
}

/** The reply that begins at `start`, or undefined while it is incomplete. */
function parse(bytes: Buffer, start: number): Parsed | undefined {
  const lineEnd = bytes.indexOf('\r\n', start)
  if (lineEnd < 0) return undefined
  const text = bytes.toString('utf8', start + 1, lineEnd)
  const next = lineEnd + 2
  switch (bytes[start]) {
    case 0x2b: // +
      return { reply: text, end: next }
    case 0x2d: // -
      return { reply: new RedisError(text), end: next }
    case 0x3a: // :
      return { reply: Number(text), end: next }
    case 0x24: // $
      return parseBulk(bytes, next, Number(text))
    case 0x2a: // *
      return parseArray(bytes, next, Number(text))
    default:
      throw new Error('not a RESP2 reply')
  }
}

function parseBulk(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { reply: null, end: start }
  const end = start + length
  return bytes.length < end + 2 ? undefined : { reply: bytes.subarray(start, end), end: end + 2 }
}

function parseArray(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { reply: null, end: start }
  const items: RedisReply[] = []
  let end = start
  for (let index = 0; index < length; index++) {
    const item = parse(bytes, end)
    if (!item) return undefined
    items.push(item.reply)
    end = item.end
  }
  return { reply: items, end }
}
