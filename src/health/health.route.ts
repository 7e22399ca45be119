/**
 * Health of this deployment, for monitoring, load balancers and supervisors. Reveals which component is unavailable
 * and nothing else.
 */
import type { Context } from 'hono'
import { type Config, ConfigurationError } from '../config.ts'
import type { AppEnv, Dependencies, RequestEnv } from '../dependencies.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import { explain } from '../kit/explain.ts'
import { jsonResponse } from '../kit/json-response.ts'
import {
  type Checked,
  checkMilliseconds,
  checkReadiness,
  checkStartup,
  misconfigured,
} from './check-health.ts'
import { readinessComponents, startupComponents } from './health.ts'
import { createSharedCheck, type SharedCheck } from './shared-check.ts'

type Checks = WeakMap<Config, SharedCheck<Checked>>
const readinessChecks: Checks = new WeakMap()
const startupChecks: Checks = new WeakMap()

export const healthRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'getLiveness',
      method: 'get',
      path: '/health/live',
      summary: 'Whether the worker runs; asks nothing else',
      tag: 'Operations',
      responses: { 200: 'It runs' },
    },
    () => jsonResponse({ status: 'ok' }),
  )
  .describe(
    {
      id: 'getReadiness',
      method: 'get',
      path: '/health/ready',
      summary: 'Whether to send traffic here: configuration, Postgres, Durable Objects, keys, audit outboxes',
      tag: 'Operations',
      responses: {
        200: 'Ready, or degraded: without Postgres tokens are still issued',
        503: 'Configuration, objects or keys are unavailable, or the database role has excess privileges: send no traffic here',
      },
    },
    (c) =>
      answer(c, readinessChecks, readinessComponents, ({ healthProbes, now }) =>
        checkReadiness(healthProbes, now()),
      ),
  )
  .describe(
    {
      id: 'getStartup',
      method: 'get',
      path: '/health/startup',
      summary: 'Whether this build may begin to serve: configuration, keys, schema of the database',
      tag: 'Operations',
      responses: {
        200: 'It may; degraded: Postgres does not answer, so its schema is not known',
        503: 'The configuration is invalid, no key can be loaded, or the database lacks a migration',
      },
    },
    (c) => answer(c, startupChecks, startupComponents, ({ healthProbes }) => checkStartup(healthProbes)),
  )

async function answer(
  c: Context<AppEnv>,
  checks: Checks,
  names: readonly string[],
  check: (deps: Dependencies) => Promise<Checked>,
): Promise<Response> {
  const { health, details } = await ask(c.env, checks, check).catch((error: unknown) => {
    // Its message names the wrong variables: it is for the log.
    if (error instanceof ConfigurationError) return misconfigured(names, error.message)
    throw error
  })
  const isUnavailable = health.status === 'unavailable'
  const response = jsonResponse(health, isUnavailable ? 503 : 200)
  if (!isUnavailable) return response
  const detail = [JSON.stringify(health.components), ...details].join(' ')
  return explain(response, { error: health.status, detail })
}

/** @throws ConfigurationError */
async function ask(
  { config, deps }: RequestEnv,
  checks: Checks,
  check: (deps: Dependencies) => Promise<Checked>,
): Promise<Checked> {
  let shared = checks.get(config)
  if (!shared) {
    shared = createSharedCheck()
    checks.set(config, shared)
  }
  return shared.ask({ now: deps.now, limitMilliseconds: checkMilliseconds }, () => check(deps))
}
