/**
 * Spans as OTLP/HTTP has them in JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids are
 * hexadecimal, enumerations numbers, 64-bit integers decimal strings.
 */
import { type Attributes, type Span, spanKinds } from './span.ts'

/** The body of `POST /v1/traces`. @param resource what produced the spans */
export function encodeSpans(spans: readonly Span[], resource: Attributes, version: string): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: encodeAttributes(resource) },
        scopeSpans: [{ scope: { name: 'authly', version }, spans: spans.map(encodeSpan) }],
      },
    ],
  })
}

const statusError = 2
/** Bits of `Span.flags`: sampled; whether it is known that the parent is remote, and whether it is. */
const sampledFlag = 0x1
const knowsParentFlag = 0x100
const remoteParentFlag = 0x200

function encodeSpan(span: Span) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    flags: sampledFlag | knowsParentFlag | (span.isParentRemote ? remoteParentFlag : 0),
    name: span.name,
    kind: spanKinds[span.kind],
    startTimeUnixNano: nanoseconds(span.start),
    endTimeUnixNano: nanoseconds(span.end),
    attributes: encodeAttributes(span.attributes),
    links: span.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
    status: span.isError ? { code: statusError } : {},
  }
}

/** Not multiplied: the product is larger than a number holds exactly. */
const nanoseconds = (milliseconds: number): string => `${Math.floor(milliseconds)}000000`

const encodeAttributes = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: encodeValue(value) }],
  )

function encodeValue(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
