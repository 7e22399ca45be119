/** Sends spans to an OpenTelemetry collector by OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp). */
import { encodeSpans } from './otlp-json.ts'
import type { Attributes } from './span.ts'
import type { SendSpans } from './span-buffer.ts'

export interface OtlpTarget {
  /** Base URL, as the operator configured it: it may well be a private address. */
  readonly endpoint: string
  /** Secret. */
  readonly headers: Readonly<Record<string, string>>
  readonly resource: Attributes
  readonly version: string
}

const timeoutMs = 5_000
/** Answers after which the same spans may be sent again (§ Retryable Response Codes). */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** Builds the sender. It never throws. */
export function createOtlpExporter({ endpoint, headers, resource, version }: OtlpTarget): SendSpans {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  return async (spans) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        // Attack: whoever answers for the collector sends the headers' secret elsewhere.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        headers: { ...headers, 'content-type': 'application/json' },
        body: encodeSpans(spans, resource, version),
      })
      await response.body?.cancel()
      if (response.ok) return { status: 'accepted' }
      const reason = `the collector answered ${response.status}`
      return { status: retryable.has(response.status) ? 'again' : 'refused', reason }
    } catch (error) {
      // Not its text: it may quote the address.
      return { status: 'again', reason: `the collector cannot be reached (${(error as Error).name})` }
    }
  }
}
