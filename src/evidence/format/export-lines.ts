/**
 * The lines of an export file. A line ends at LF and nowhere else: line readers of runtimes also end it at CR, or at
 * U+2028 and U+2029, which JSON may hold as they are, and would tear an honest record in two.
 */
const lineFeed = 0x0a
/** No export has such a line; without a bound, a forged file could fill the memory. */
const longestLine = 64 * 1024 * 1024
/** Bytes that are not UTF-8 are no spelling of anything: what is read instead is no record, so the file is altered. */
const unreadable = 'unreadable line'

/** @param chunks the bytes of the file, cut anywhere */
export async function* linesOfExport(
  chunks: AsyncIterable<Uint8Array>,
  longest = longestLine,
): AsyncGenerator<string, void, undefined> {
  let pieces: Uint8Array[] = []
  let length = 0

  const hold = (piece: Uint8Array): void => {
    length += piece.length
    if (length > longest) pieces = []
    else if (piece.length > 0) pieces.push(piece)
  }
  const take = (): string => {
    const line = length > longest ? unreadable : decode(pieces)
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
