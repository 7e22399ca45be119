/** A stream of the bytes of `text`, cut at these places. */
export function streamOf(text: string, places: readonly number[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  const edges = [0, ...[...places].sort((a, b) => a - b), bytes.length]
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const [index, end] of edges.slice(1).entries()) controller.enqueue(bytes.slice(edges[index], end))
      controller.close()
    },
  })
}
