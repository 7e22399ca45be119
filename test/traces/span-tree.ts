/** Reading a trace: who is whose parent. */
import type { ReceivedSpan } from './collector.ts'

export interface SpanTree {
  readonly spans: readonly ReceivedSpan[]
  /** The only span of this name. @throws Error when there is none, or more than one */
  only(name: string): ReceivedSpan
  named(name: string): readonly ReceivedSpan[]
  childrenOf(span: ReceivedSpan): readonly ReceivedSpan[]
  /** All spans below it. */
  below(span: ReceivedSpan): readonly ReceivedSpan[]
}

export function readTree(spans: readonly ReceivedSpan[]): SpanTree {
  const named = (name: string) => spans.filter((span) => span.name === name)
  const childrenOf = ({ spanId }: ReceivedSpan) => spans.filter((span) => span.parentSpanId === spanId)
  const below = (span: ReceivedSpan): readonly ReceivedSpan[] =>
    childrenOf(span).flatMap((child) => [child, ...below(child)])
  return {
    ...{ spans, named, childrenOf, below },
    only(name) {
      const [first, ...others] = named(name)
      if (first === undefined || others.length > 0) {
        const names = spans.map((span) => span.name).join(', ')
        throw new Error(`${others.length + (first ? 1 : 0)} spans are called ${name}; there are: ${names}`)
      }
      return first
    },
  }
}
