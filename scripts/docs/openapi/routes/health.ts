/** Descriptions of the endpoints for operators: health and metrics. */
import { limitHeaders, type RouteWords } from '../route-words.ts'

const headers = ['Cache-Control']
const metricsExample = `# HELP authly_sign_ins_total Attempts to sign in. Outcome: success, refused, locked, limited, busy
# TYPE authly_sign_ins_total counter
authly_sign_ins_total{method="password",outcome="success"} 21
`
const ok = { postgres: 'ok', objects: 'ok', keys: 'ok' }

export const healthWords: Readonly<Record<string, RouteWords>> = {
  getLiveness: {
    description: 'For a supervisor that restarts a hanging process.',
    answers: { 200: { json: 'Health', headers, examples: { live: { status: 'live' } } } },
  },
  getReadiness: {
    description:
      'For a load balancer. `degraded` is not down: without Postgres tokens are issued, refreshed and inspected, and nobody can sign in. `overprivileged`: the role of DATABASE_URL owns tables, may create some, is a superuser or bypasses row security; the log says which.',
    answers: {
      200: {
        ...{ json: 'Health', headers },
        examples: {
          ready: { status: 'ready', checks: ok },
          degraded: { status: 'degraded', checks: { ...ok, postgres: 'unavailable' } },
        },
      },
      503: {
        ...{ json: 'Health', headers },
        examples: {
          unavailable: { status: 'unavailable', checks: { ...ok, objects: 'unavailable' } },
          overprivileged: { status: 'unavailable', checks: { ...ok, postgres: 'overprivileged' } },
        },
      },
    },
  },
  getMetrics: {
    description:
      'For Prometheus, with AUTHLY_METRICS_TOKEN or an access token that has `admin:stats:read`. Clients are named only for an access token that has `admin:clients:read` too. All metrics: docs/observability.md.',
    security: [{ bearer: [] }, { oauth2: ['admin:stats:read'] }],
    answers: {
      200: {
        other: {
          'text/plain': metricsExample,
          'application/openmetrics-text': `${metricsExample}# EOF\n`,
        },
        headers: [...headers, ...limitHeaders],
      },
      401: { problem: true, headers: [...headers, 'WWW-Authenticate', ...limitHeaders] },
      403: { problem: true, headers: [...headers, ...limitHeaders] },
      404: { other: { 'text/html': '<!doctype html><html lang="en">…</html>' }, headers },
      429: { problem: true, headers: [...headers, ...limitHeaders, 'Retry-After'] },
      503: { problem: true, headers: [...headers, ...limitHeaders] },
    },
  },
}
