/** Decodes the bytes of an upload as strict UTF-8, in pieces of any size. */
import { binaryFormatOf, signatureBytes } from './binary-formats.ts'
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
 * Decodes strictly: an archive, a UTF-16 byte order mark, a NUL (UTF-16 without a mark) or a byte sequence that is not
 * UTF-8 (Latin-1) is refused, because names read wrongly would be stored wrongly. A UTF-8 byte order mark is skipped.
 * @param line the line that the next text continues, for refusals
 */
export function createTextReader(bounds: InputBounds, line: () => number): TextReader {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let received = 0
  /** The first bytes, until there are enough to recognise a format. */
  let head: Uint8Array | undefined = new Uint8Array()

  const refuse = (linesBefore: number, detail: string): never => {
    throw new InputRefusal('encoding_not_utf8', line() + linesBefore, `${detail}; send UTF-8`)
  }
  const decode = (bytes: Uint8Array, isLast: boolean): string => {
    let text: string
    try {
      text = decoder.decode(bytes, { stream: !isLast })
    } catch {
      return refuse(
        linesBeforeFault(bytes),
        'the upload has bytes that are not UTF-8, as Windows-1252 and Latin-1 have',
      )
    }
    const nul = text.indexOf('\0')
    if (nul >= 0) refuse(countLines(text.slice(0, nul)), 'the upload has NUL characters, as UTF-16 has')
    return text
  }
  const checkHead = (bytes: Uint8Array): void => {
    const format = binaryFormatOf(bytes)
    if (format !== undefined) {
      throw new InputRefusal(
        'not_text',
        1,
        `this is ${format}, not text; send the CSV or JSON lines themselves`,
      )
    }
    const [first, second] = bytes
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
      refuse(0, 'the upload begins with the byte order mark of UTF-16, as “Unicode text” of Excel does')
    }
  }

  return {
    push(bytes) {
      received += bytes.length
      if (received > bounds.totalBytes) {
        throw new InputRefusal('too_many_bytes', line(), `an upload may have ${bounds.totalBytes} bytes`)
      }
      if (!head) return decode(bytes, false)
      head = joined(head, bytes)
      if (head.length < signatureBytes) return ''
      const begun = head
      head = undefined
      checkHead(begun)
      return decode(begun, false)
    },
    end() {
      const rest = head ?? new Uint8Array()
      if (head) checkHead(head)
      head = undefined
      return decode(rest, true)
    },
  }
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const all = new Uint8Array(left.length + right.length)
  all.set(left)
  all.set(right, left.length)
  return all
}

export const countLines = (text: string): number => {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

/** Counts the line ends before the first bytes of a piece that are not UTF-8. */
function linesBeforeFault(bytes: Uint8Array): number {
  let from = 0
  // The end of a character that began in the piece before.
  while (from < 3 && isContinuation(bytes[from])) from++
  const text = new TextDecoder().decode(bytes.subarray(from))
  const fault = text.indexOf('\ufffd')
  return countLines(text.slice(0, Math.max(fault, 0)))
}
