/** Descriptions of the endpoints for operators: health and metrics. */
import { limitHeaders, type RouteWords } from '../route-words.ts'

const headers = ['Cache-Control']
const metricsExample = `# HELP authly_sign_ins_total Attempts to sign in. Outcome: success, refused, locked, limited, busy
# TYPE authly_sign_ins_total counter
authly_sign_ins_total{method="password",outcome="success"} 21
`
const ok = { status: 'ok' }
const ready = { configuration: ok, postgres: ok, objects: ok, keys: ok, outboxes: ok, messages: ok }
const started = { configuration: ok, keys: ok, schema: ok }
const silent = { status: 'unavailable', reason: 'no_answer' }

export const healthWords: Readonly<Record<string, RouteWords>> = {
  getLiveness: {
    description: 'For a supervisor that restarts a hanging process. Also `ok` without a valid configuration.',
    answers: { 200: { json: 'Liveness', headers, examples: { live: ok } } },
  },
  getReadiness: {
    description:
      'For a load balancer. `degraded` is not down: without Postgres tokens are issued, refreshed and inspected, and nobody can sign in. `overprivileged`: the role of DATABASE_URL owns tables, may create some, is a superuser or bypasses row security; the log says which. `late`: audit events have not reached Postgres for two minutes. `not_configured`: this deployment sends no messages.',
    answers: {
      200: {
        ...{ json: 'Readiness', headers },
        examples: {
          ready: { status: 'ok', components: ready },
          degraded: { status: 'degraded', components: { ...ready, postgres: silent } },
          lateOutbox: {
            status: 'degraded',
            components: { ...ready, outboxes: { status: 'degraded', reason: 'late' } },
          },
        },
      },
      503: {
        ...{ json: 'Readiness', headers },
        examples: {
          unavailable: { status: 'unavailable', components: { ...ready, objects: silent } },
          overprivileged: {
            status: 'unavailable',
            components: { ...ready, postgres: { status: 'unavailable', reason: 'overprivileged' } },
          },
        },
      },
    },
  },
  getStartup: {
    description:
      'For a supervisor that starts a process, and for deployments. A database with newer migrations is `ok`. Without Postgres the answer is `degraded` if the region’s replica has the keys.',
    answers: {
      200: {
        ...{ json: 'Startup', headers },
        examples: {
          started: { status: 'ok', components: started },
          degraded: { status: 'degraded', components: { ...started, schema: silent } },
        },
      },
      503: {
        ...{ json: 'Startup', headers },
        examples: {
          schemaBehind: {
            status: 'unavailable',
            components: { ...started, schema: { status: 'unavailable', reason: 'schema_behind' } },
          },
          misconfigured: {
            status: 'unavailable',
            components: {
              configuration: { status: 'unavailable', reason: 'invalid' },
              keys: { status: 'unavailable', reason: 'not_checked' },
              schema: { status: 'unavailable', reason: 'not_checked' },
            },
          },
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
