/** Descriptions of the health endpoints. */
import type { RouteWords } from '../route-words.ts'

const headers = ['Cache-Control']
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
}
