/** Plays the scenarios with 50 administrators at once, and tells database, worker and waiting apart. */
import type { LoadGenerator } from '../load/generate-load.ts'
import { percentile } from '../median.ts'
import { cpuSeconds, untilIdle } from '../process-cpu.ts'
import type { HttpRequest, LoadResult, RequestPlan } from '../target.ts'
import type { AdminServer } from './admin-server.ts'
import type { AdminFacts, AdminGroup, AdminRequest, AdminScenario } from './scenarios.ts'
import { adminSize } from './seed-admin.ts'

export interface AdminMeasurement {
  readonly group: AdminGroup
  readonly title: string
  readonly round: number
  readonly rps: number
  /** As the administrator waits, with 50 of them asking without pause. */
  readonly wall: Percentiles
  /** One at a time: nobody else asks. */
  readonly alone: Percentiles
  /** From the arrival at the gateway to the last row, under the same load; waiting for a connection included. */
  readonly database: Percentiles
  /** CPU milliseconds per request. */
  readonly cpu: { readonly worker: number; readonly database: number; readonly gateway: number }
  /** 0 answers are a failure too. */
  readonly failures: number
  readonly failureSample?: string
}

export interface Percentiles {
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Different people must not share what a connection or a cache keeps for one of them. */
function spread(server: AdminServer, requests: readonly AdminRequest[]): HttpRequest[] {
  const count = Math.max(adminSize.admins, requests.length)
  return Array.from({ length: count }, (_, index) => {
    const { method, path, body, headers } = requests[index % requests.length] as AdminRequest
    return {
      ...{ method, path },
      headers: {
        authorization: `Bearer ${server.tokens[index % server.tokens.length]}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }
  })
}

const anyRead: readonly AdminRequest[] = [{ method: 'GET', path: '/admin/users?limit=1' }]

/** Measures one scenario: alone, then with everybody. */
export async function measureScenario(
  server: AdminServer,
  scenario: AdminScenario,
  facts: AdminFacts,
  load: LoadGenerator,
  seconds: number,
  round: number,
): Promise<AdminMeasurement> {
  const requests = await scenario.requests(server, facts)
  const plan: RequestPlan = {
    ...{ kind: scenario.once ? 'once' : 'rotate', port: server.port },
    expect: { status: scenario.status ?? [200] },
    requests: spread(server, requests),
  }
  const rest = () => untilIdle([...server.roots.server, ...server.roots.database])
  const alone = scenario.once
    ? undefined
    : await load(plan, { seconds: Math.min(seconds, 2), connections: 1 })
  await rest()
  // Caches of the isolate end while it rests; 50 at once would then measure their renewal, not the operation.
  const warmUp = scenario.once
    ? { ...plan, kind: 'rotate' as const, expect: { status: [200] }, requests: spread(server, anyRead) }
    : plan
  await load(warmUp, { seconds: 1, connections: adminSize.admins })
  await server.observe(false)
  const before = readCpu(server)
  const result = await load(plan, { seconds, connections: adminSize.admins })
  await rest()
  const after = readCpu(server)
  const sorted = (await server.observed()).times.toSorted((a, b) => a - b)
  const perRequest = (name: keyof typeof before) =>
    (1000 * (after[name] - before[name])) / Math.max(1, result.requests)
  return {
    ...{ group: scenario.group, title: scenario.title, round, rps: result.requests / result.seconds },
    wall: percentilesOf(result),
    alone: percentilesOf(alone ?? result),
    database: { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) },
    cpu: {
      ...{ worker: perRequest('worker'), database: perRequest('database'), gateway: perRequest('gateway') },
    },
    failures: result.failures + (alone?.failures ?? 0) + (result.requests === 0 ? 1 : 0),
    ...(result.failureSample === undefined ? {} : { failureSample: result.failureSample }),
  }
}

const readCpu = ({ roots }: AdminServer) => ({
  worker: cpuSeconds(roots.server),
  database: cpuSeconds(roots.database),
  gateway: cpuSeconds(roots.gateway),
})

const percentilesOf = ({ p50Ms, p99Ms }: LoadResult): Percentiles => ({ p50Ms, p99Ms })
