/**
 * Rewrites a stream of lines while it passes. Every line ends in LF; what follows the last one is no line.
 * @param rewrite the text that stands for these lines
 * @param frame text before the first line and behind the last
 */
export function mapLines(
  stream: ReadableStream<Uint8Array>,
  rewrite: (lines: readonly string[]) => string | Promise<string>,
  frame: { readonly start: () => string; readonly end: () => string } = noFrame,
): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let rest = ''
  const enqueue = (controller: TransformStreamDefaultController<Uint8Array>, text: string) => {
    if (text !== '') controller.enqueue(encoder.encode(text))
  }
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      start: (controller) => enqueue(controller, frame.start()),
      async transform(chunk, controller) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
        rest = lines.pop() ?? ''
        enqueue(controller, await rewrite(lines))
      },
      flush: (controller) => enqueue(controller, frame.end()),
    }),
  )
}

const noFrame = { start: () => '', end: () => '' }
