/**
 * Health of this deployment, for monitoring and load balancers. Reveals which component is unavailable and nothing
 * else.
 */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import { explain } from '../kit/explain.ts'
import { jsonResponse } from '../kit/json-response.ts'
import { type CheckedHealth, checkHealth, timeoutMilliseconds } from './check-health.ts'

/**
 * Attack: a flood of health requests becomes a flood of queries. So an isolate probes at most once per this time.
 */
const cacheMilliseconds = 1000
let cached: { readonly until: number; readonly checked: CheckedHealth } | undefined

export const healthRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'getLiveness',
      method: 'get',
      path: '/health/live',
      summary: 'Whether the worker runs; probes no other component',
      tag: 'Operations',
      responses: { 200: 'It runs' },
    },
    () => jsonResponse({ status: 'live' }),
  )
  .describe(
    {
      id: 'getReadiness',
      method: 'get',
      path: '/health/ready',
      summary: 'Whether Postgres, Durable Objects and keys are available',
      tag: 'Operations',
      responses: {
        200: 'Ready, or degraded: without Postgres tokens are still issued',
        503: 'Objects or keys are unavailable, or the database role has excess privileges: route no traffic here',
      },
    },
    async (c) => {
      const { healthProbes, now } = c.env.deps
      if (!cached || now() >= cached.until) {
        // Requests that arrive during a probe get the previous result.
        if (cached) cached = { ...cached, until: now() + timeoutMilliseconds }
        cached = { checked: await checkHealth(healthProbes), until: now() + cacheMilliseconds }
      }
      const { health, roleRisks } = cached.checked
      const isUnavailable = health.status === 'unavailable'
      const response = jsonResponse(health, isUnavailable ? 503 : 200)
      if (!isUnavailable) return response
      const reasons = roleRisks.length > 0 ? ` (the role ${roleRisks.join(', ')})` : ''
      return explain(response, { error: health.status, detail: `${JSON.stringify(health.checks)}${reasons}` })
    },
  )
