/** Decodes the bytes of an upload as strict UTF-8, in pieces of any size. */
import { type InputBounds, InputRefusal } from './input-row.ts'

export interface RowReader<Row> {
  /** Returns the rows that are complete so far. @throws InputRefusal */
  push(bytes: Uint8Array): Row[]
  /** Returns the remaining rows at the end of the upload. @throws InputRefusal */
  end(): Row[]
}

export interface TextReader {
  push(bytes: Uint8Array): string
  end(): string
}

/**
 * Decodes strictly: a UTF-16 byte order mark, a NUL (UTF-16 without a mark) or a byte sequence that is not UTF-8
 * (Latin-1) is refused, because names read wrongly would be stored wrongly. A UTF-8 byte order mark is skipped.
 * @param line the current line, for refusals
 */
export function createTextReader(bounds: InputBounds, line: () => number): TextReader {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let received = 0
  let first: number | undefined

  const refuse = (detail: string): never => {
    throw new InputRefusal('encoding_not_utf8', line(), `${detail}; send UTF-8`)
  }
  const decode = (bytes: Uint8Array | undefined): string => {
    let text: string
    try {
      text = bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
    } catch {
      return refuse('the upload has bytes that are not UTF-8')
    }
    if (text.includes('\0')) refuse('the upload has NUL characters, as UTF-16 has')
    return text
  }

  return {
    push(bytes) {
      for (const byte of bytes.subarray(0, received < 2 ? 2 : 0)) {
        if ((first === 0xff && byte === 0xfe) || (first === 0xfe && byte === 0xff)) {
          refuse('the upload begins with the byte order mark of UTF-16')
        }
        first ??= byte
      }
      received += bytes.length
      if (received > bounds.totalBytes) {
        throw new InputRefusal('too_many_bytes', line(), `an upload may have ${bounds.totalBytes} bytes`)
      }
      return decode(bytes)
    },
    end: () => decode(undefined),
  }
}
