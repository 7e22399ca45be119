/**
 * The lines of an export file. Only LF ends a line: line readers of runtimes also split at CR, or at U+2028 and
 * U+2029, which JSON may contain unescaped, and would split a valid record.
 */
const lineFeed = 0x0a
/** No valid export has a longer line; without a limit, a forged file could exhaust memory. */
const maxLineBytes = 64 * 1024 * 1024
/** Stands in for a line that is too long or not UTF-8. It is not a record, so the file is reported as altered. */
const unreadable = 'unreadable line'

/** @param chunks the bytes of the file, split anywhere */
export async function* linesOfExport(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes = maxLineBytes,
): AsyncGenerator<string, void, undefined> {
  let pieces: Uint8Array[] = []
  let length = 0

  const hold = (piece: Uint8Array): void => {
    length += piece.length
    if (length > maxBytes) pieces = []
    else if (piece.length > 0) pieces.push(piece)
  }
  const take = (): string => {
    const line = length > maxBytes ? unreadable : decode(pieces)
    pieces = []
    length = 0
    return line
  }

  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      hold(chunk.subarray(from, end))
      yield take()
      from = end + 1
    }
    hold(chunk.subarray(from))
  }
  if (length > 0) yield take()
}

function decode(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    const text = pieces.map((piece) => decoder.decode(piece, { stream: true }))
    return text.join('') + decoder.decode()
  } catch {
    return unreadable
  }
}
