/** What is run at once in each part of constant rate. */
import type { PartName } from './options.ts'
import type { LoadSize } from './sizes.ts'
import type { PlannedStream, planStreams } from './streams.ts'

export type ConstantRatePart = Exclude<PartName, 'locust'>

export function streamsOf(
  part: ConstantRatePart,
  size: LoadSize,
  stream: ReturnType<typeof planStreams>,
): readonly PlannedStream[] {
  switch (part) {
    case 'tokens':
      return [stream('tokens', size.tokens)]
    case 'connections':
      return [stream('tokens', size.tokensBesideHeld), stream('held', size.held)]
    case 'listing':
      return [stream('tokens', size.tokens), stream('pages', size.pages)]
    case 'soak':
      return (['tokens', 'introspections', 'refreshes', 'pages'] as const).map((name) =>
        stream(name, size.soak[name]),
      )
  }
}
