/**
 * Rewrites a stream of lines on the fly. Every line ends in LF; what follows the last LF is not a line.
 * @param rewrite returns the text that replaces these lines
 * @param frame text before the first line and after the last
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
