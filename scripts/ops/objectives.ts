/** What is promised to users of a region, and what counts as keeping the promise. */
import { orZero, type Queries, sumBy, type Vector } from './promql.ts'

export interface Objective {
  /** The label `slo` of its series. */
  readonly slo: string
  readonly title: string
  /** The share of requests that must be good. */
  readonly target: number
  /** Requests per second and region, and those of them that broke the promise. */
  requests(queries: Queries): Vector<'region'>
  bad(queries: Queries): Vector<'region'>
}

const http = 'authly_http_request_duration_seconds'

/** Requests of these routes that took longer than `seconds`. The histogram has a bucket that ends there. */
const latency = (
  slo: string,
  title: string,
  route: `=${string}` | `=~${string}`,
  seconds: 0.05 | 0.2,
): Objective => {
  const requests = (queries: Queries) => sumBy(queries.observed(http, { route }), 'region')
  return {
    ...{ slo, title, target: 0.99, requests },
    bad: (queries) => {
      const quick = sumBy(queries.buckets(http, { route, le: `=${seconds}` }), 'region')
      return { text: `(${requests(queries).text} - ${quick.text})`, labels: ['region'] }
    },
  }
}

/** Requests of these routes that failed for a reason of ours. What callers did wrong is refused, not failed. */
const availability = (slo: string, title: string, route: `=~${string}` | `!~${string}`): Objective => {
  const requests = (queries: Queries) => sumBy(queries.observed(http, { route }), 'region')
  return {
    ...{ slo, title, target: 0.9999, requests },
    bad: (queries) =>
      orZero(sumBy(queries.observed(http, { route, outcome: '=failed' }), 'region'), requests(queries)),
  }
}

const adminRoutes = '/admin/.*'
/** What is answered without Postgres. */
const machineRoutes = '/oauth/(token|introspect|revoke)|/[.]well-known/.*'
/** What asks for these watches the server, and is promised nothing. */
const watchedRoutes = '/health/.*|/metrics'

/**
 * Latency and availability of what applications call, of what people see, and of administration. Each stands alone: many
 * good token requests must not hide that nobody can sign in. Userinfo counts as sign-in: applications ask it while people
 * wait, and like pages it needs Postgres.
 */
export const objectives = {
  tokenLatency: latency('token_latency', 'Token requests below 50 ms', '=/oauth/token', 0.05),
  adminLatency: latency('admin_latency', 'Admin requests below 200 ms', `=~${adminRoutes}`, 0.2),
  tokenAvailability: availability(
    'token_availability',
    'Tokens, introspection, revocation, keys and metadata answered',
    `=~${machineRoutes}`,
  ),
  signInAvailability: availability(
    'sign_in_availability',
    'Pages of sign-in, consent and accounts, and userinfo answered',
    `!~${machineRoutes}|${adminRoutes}|${watchedRoutes}`,
  ),
  adminAvailability: availability('admin_availability', 'Admin requests answered', `=~${adminRoutes}`),
} as const satisfies Record<string, Objective>

export const objectiveList: readonly Objective[] = Object.values(objectives)
