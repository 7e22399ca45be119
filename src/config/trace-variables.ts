/** Traces of requests. */
import { z } from 'zod'
import { isOtlpEndpoint, parseOtlpHeaders } from '../telemetry/traces/otlp-settings.ts'
import type { Read } from './variable.ts'

export const traceVariables = {
  AUTHLY_TRACE_RATIO: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'Share of the requests that are traced, from 0 to 1, decided here whatever callers ask for. With AUTHLY_OTLP_ENDPOINT, a request that failed is exported all the same. Without it, any value above 0 adds this server’s spans to what the platform records, whose share is `head_sampling_rate` in wrangler.toml.',
    ),
  AUTHLY_TRACE_CALLERS_PER_SECOND: z.coerce
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe(
      'How many requests a second and isolate are traced, beyond that share, because the `traceparent` of the caller is sampled. Anyone can send one. Only with AUTHLY_OTLP_ENDPOINT.',
    ),
  AUTHLY_OTLP_ENDPOINT: z
    .string()
    .refine(
      isOtlpEndpoint,
      'must be an https URL without credentials, query or fragment (http only for a private host)',
    )
    .optional()
    .describe(
      'Base URL of an OpenTelemetry collector that takes OTLP/HTTP; `/v1/traces` is appended. For servers whose platform does not export traces. It may be a private address.',
    ),
  AUTHLY_OTLP_HEADERS: z
    .string()
    .default('')
    .transform((text, issues) => {
      const headers = parseOtlpHeaders(text)
      if (headers === undefined) issues.addIssue('must be a list of name=value, values percent-encoded')
      return headers ?? {}
    })
    .describe(
      'Secret. Headers of every request to AUTHLY_OTLP_ENDPOINT: `authorization=Bearer%20abc,x-tenant=1`.',
    ),
}

export const toTraces = (env: Read<typeof traceVariables>) => ({
  traces: {
    ratio: env.AUTHLY_TRACE_RATIO,
    callersPerSecond: env.AUTHLY_TRACE_CALLERS_PER_SECOND,
    endpoint: env.AUTHLY_OTLP_ENDPOINT,
    headers: env.AUTHLY_OTLP_HEADERS,
  },
})
