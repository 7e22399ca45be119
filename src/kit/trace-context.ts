/**
 * W3C Trace Context: the `traceparent` header, version 00 (https://www.w3.org/TR/trace-context/#traceparent-header).
 * Callers may choose the ids and nothing else: they say nothing about who asks.
 */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string
  /** The caller's span (16 hexadecimal digits); absent where the trace begins here. */
  readonly parentId: string | undefined
  /** Whether the caller records this trace; undefined where the trace begins here. */
  readonly sampled: boolean | undefined
}

const pattern = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/

/** Continues the caller's trace, or begins one: what is malformed is ignored, as the specification demands (§4.3). */
export function readTraceContext(traceparent: string | null): TraceContext {
  const [, version, traceId, parentId, flags, rest] = pattern.exec(traceparent ?? '') ?? []
  const isUsable =
    traceId !== undefined &&
    version !== 'ff' &&
    (version !== '00' || rest === undefined) &&
    !/^0+$/.test(traceId) &&
    !/^0+$/.test(parentId ?? '')
  if (!isUsable) return { traceId: randomHex(16), parentId: undefined, sampled: undefined }
  return { traceId, parentId, sampled: (Number.parseInt(flags ?? '00', 16) & 1) === 1 }
}

/** @returns the header for a call made by the span `spanId` */
export const formatTraceparent = (traceId: string, spanId: string, sampled: boolean): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

/** A span id. */
export const createSpanId = (): string => randomHex(8)

function randomHex(bytes: number): string {
  let text = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(bytes))) text += byte.toString(16).padStart(2, '0')
  return text
}
