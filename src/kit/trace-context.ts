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
 * @param requestId a trace that begins here has its digits, if it is a random UUID; no other id may be as long
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

/** `requestId` if it is a UUID, or another: their digits are never all zero, since some say what it is (RFC 9562 §4). */
export const createTraceId = (requestId = ''): string =>
  digitsOf(requestId.length === uuidLength ? requestId : crypto.randomUUID())

const uuidLength = 36

/** In pieces: a fraction of what a replacement costs, and every request may do it. */
const digitsOf = (uuid: string): string =>
  uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24)

/** A span id: the end of a random UUID, never all zero either. */
export const createSpanId = (): string => digitsOf(crypto.randomUUID()).slice(16)

/** Whether a trace belongs to a sample. */
export type TraceSample = (traceId: string) => boolean

/**
 * A sample of this `ratio` (0 to 1) of all traces; undefined for an empty one. Every part of the system that samples so
 * decides the same, and a larger sample contains a smaller one, because only the random end of the id counts, as
 * OpenTelemetry has it (https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/).
 */
export function createTraceSample(ratio: number): TraceSample | undefined {
  // 52 of the 56 random bits: as many as a number holds exactly. Digits of equal length compare like numbers.
  const rejected = (1 - ratio) * 2 ** 52
  if (rejected >= 2 ** 52) return undefined
  const threshold = Math.ceil(rejected).toString(16).padStart(13, '0')
  return (traceId) => traceId.slice(18, 31) >= threshold
}
