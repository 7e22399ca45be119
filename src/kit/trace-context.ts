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

/**
 * Continues the caller's trace, or begins one: what is malformed is ignored, as the specification demands (§4.3).
 * @param requestId a trace that begins here has the same number, if it is a UUID
 */
export function readTraceContext(traceparent: string | null, requestId = ''): TraceContext {
  if (traceparent === null) return beginTrace(requestId)
  const [, version, traceId, parentId, flags, rest] = pattern.exec(traceparent) ?? []
  const isUsable =
    traceId !== undefined &&
    version !== 'ff' &&
    (version !== '00' || rest === undefined) &&
    !/^0+$/.test(traceId) &&
    !/^0+$/.test(parentId ?? '')
  if (!isUsable) return beginTrace(requestId)
  return { traceId, parentId, sampled: (Number.parseInt(flags ?? '00', 16) & 1) === 1 }
}

const beginTrace = (requestId: string): TraceContext => ({
  traceId: createTraceId(requestId),
  parentId: undefined,
  sampled: undefined,
})

/** @returns the header for a call made by the span `spanId` */
export const formatTraceparent = (traceId: string, spanId: string, sampled: boolean): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/** The digits of a random UUID: never all zero, because some of them say that it is one (RFC 9562 §5.4). */
const createTraceId = (requestId: string): string =>
  (uuid.test(requestId) ? requestId : crypto.randomUUID()).replaceAll('-', '')

/** A span id: the end of a random UUID, never all zero either. */
export const createSpanId = (): string => crypto.randomUUID().replaceAll('-', '').slice(16)

/**
 * Whether a trace belongs to a sample of this `ratio` (0 to 1). Every part of the system decides the same, and a
 * larger sample contains a smaller one, because only the random end of the id counts, as OpenTelemetry has it
 * (https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/).
 */
export const isInSample = (traceId: string, ratio: number): boolean =>
  // 52 of the 56 random bits: as many as a number holds exactly.
  Number.parseInt(traceId.slice(18, 31), 16) >= (1 - ratio) * 2 ** 52
