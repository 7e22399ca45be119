/** Metrics. */
import { z } from 'zod'
import { flag, type Read } from './variable.ts'

export const metricsVariables = {
  AUTHLY_METRICS: flag(
    'Counts requests, sign-ins, cache reads and the like for Prometheus, at `/metrics` ([metrics](metrics.md)). Without it nothing is counted and `/metrics` does not exist.',
  ),
  AUTHLY_METRICS_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9_~+/=.-]{32,}$/, 'must be at least 32 characters of a bearer token')
    .optional()
    .describe(
      'Secret. A bearer token that may read `/metrics`, also while Postgres is unavailable, and sees no clients in it. Without it only access tokens with the scope `admin:stats:read` may.',
    ),
}

export const toMetrics = (env: Read<typeof metricsVariables>) => ({
  metrics: env.AUTHLY_METRICS,
  metricsToken: env.AUTHLY_METRICS_TOKEN,
})
