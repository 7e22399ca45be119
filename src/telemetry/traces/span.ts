/** A finished span, as OpenTelemetry knows it (https://opentelemetry.io/docs/specs/otel/trace/api/#span). */

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** The numbers of OTLP (`Span.SpanKind`). */
export const spanKinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const
export type SpanKind = keyof typeof spanKinds

export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
}

export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  /** Whether the parent is in another process. */
  readonly isParentRemote: boolean
  readonly name: string
  readonly kind: SpanKind
  /** Milliseconds since the Unix epoch. */
  readonly start: number
  readonly end: number
  readonly attributes: Attributes
  readonly links: readonly SpanLink[]
  /** Whether something failed that this server answers for. */
  readonly isError: boolean
}
