/**
 * Health of this deployment, for monitoring and load balancers. Reveals which component is unavailable and nothing
 * else.
 */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import { explain } from '../kit/explain.ts'
import { jsonResponse } from '../kit/response.ts'
import { type CheckedHealth, checkHealth, patienceMilliseconds } from './check-health.ts'

/**
 * Attack: a flood of health requests becomes a flood of queries. So an isolate probes at most once per this time.
 */
const keptMilliseconds = 1000
let kept: { readonly until: number; readonly checked: CheckedHealth } | undefined

export const healthRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'getLiveness',
      method: 'get',
      path: '/health/live',
      summary: 'Whether the worker runs; asks nothing behind it',
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
      summary: 'Whether Postgres, objects and keys answer',
      tag: 'Operations',
      responses: {
        200: 'Ready, or degraded: without Postgres tokens are still issued',
        503: 'Objects or keys are away, or the role of the database may too much: send nobody here',
      },
    },
    async (c) => {
      const { healthProbes, now } = c.env.deps
      if (!kept || now() >= kept.until) {
        // Requests that arrive during a probe get the previous result.
        if (kept) kept = { ...kept, until: now() + patienceMilliseconds }
        kept = { checked: await checkHealth(healthProbes), until: now() + keptMilliseconds }
      }
      const { health, roleRisks } = kept.checked
      const isAway = health.status === 'unavailable'
      const response = jsonResponse(health, isAway ? 503 : 200)
      if (!isAway) return response
      const reasons = roleRisks.length > 0 ? ` (the role ${roleRisks.join(', ')})` : ''
      return explain(response, { error: health.status, detail: `${JSON.stringify(health.checks)}${reasons}` })
    },
  )
