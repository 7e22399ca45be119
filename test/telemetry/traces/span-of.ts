import type { Span } from '../../../src/telemetry/traces/span.ts'

/** A span of no interest. */
export const spanOf = (name: string): Span => ({
  ...{ traceId: '5b8aa5a2d2c872e8321cf37308d69df2', spanId: '051581bf3cb55c13', parentSpanId: undefined },
  ...{ isParentRemote: false, name, kind: 'internal', start: 1, end: 2, attributes: {}, links: [] },
  isError: false,
})
