/** `GET /metrics`, for Prometheus. */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'

export const metricsRoutes = new DescribedRoutes<AppEnv>().describe(
  {
    id: 'getMetrics',
    method: 'get',
    path: '/metrics',
    summary: 'Metrics for Prometheus, where they are switched on',
    tag: 'Operations',
    responses: {
      200: 'All metrics, in the text format of Prometheus or in OpenMetrics, as `Accept` prefers',
      401: 'The token is missing or wrong',
      403: 'The access token lacks the scope, or its holder the permission',
      404: 'This deployment counts nothing (`AUTHLY_METRICS`)',
      429: 'Too many requests',
      503: 'A part of the server is unavailable',
    },
  },
  async (c) => {
    if (!c.env.config.metrics) return c.notFound()
    // With the authentication of administration, which pages do without.
    const { answerScrape } = await import('./answer-scrape.ts')
    return answerScrape(c.env.deps, c.req.raw, c.env.origin)
  },
)
