/** The admin part of the benchmark: fills the database, measures every scenario, explains every query. */

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { bundleWorker } from '../../scripts/stack/worker-bundle.ts'
import type { BenchDatabase } from '../bench-database.ts'
import type { LoadGenerator } from '../load/generate-load.ts'
import { type AdminServer, startAdminServer } from './admin-server.ts'
import { type Explained, explainScenario } from './explain.ts'
import { type AdminMeasurement, measureScenario } from './measure-admin.ts'
import { type AdminFacts, scenarios } from './scenarios.ts'
import { adminNameOf, adminSize, seedAdmin } from './seed-admin.ts'

export interface AdminReport {
  readonly users: number
  readonly events: number
  readonly admins: number
  readonly seconds: number
  /** Every scenario, round by round. */
  readonly measurements: readonly AdminMeasurement[]
  readonly plans: readonly Explained[]
}

export interface AdminBenchOptions {
  /** Empty: what is in it is dropped by `startBenchDatabase`. */
  readonly database: BenchDatabase
  readonly folder: string
  readonly load: LoadGenerator
  readonly seconds: number
  readonly rounds: number
  readonly ports: { readonly worker: number; readonly gateway: number; readonly control: number }
}

export async function runAdminBench(options: AdminBenchOptions): Promise<AdminReport> {
  const { database, folder, load, seconds, rounds, ports } = options
  const bundles = join(folder, 'bundles')
  rmSync(bundles, { recursive: true, force: true })
  mkdirSync(bundles, { recursive: true })
  const bundle = await bundleWorker(bundles)
  const startedAt = Date.now()
  await seedAdmin(database, (text) => console.log(`seeding: ${text}`))
  console.log(`seeded in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const server = await startAdminServer({
    ...{ bundle, folder: join(folder, 'worker'), database },
    ...{ port: ports.worker, gatewayPort: ports.gateway, controlPort: ports.control },
  })
  try {
    const facts = await findFacts(server, client)
    const plans: Explained[] = []
    for (const scenario of scenarios) plans.push(...(await explainScenario(server, client, scenario, facts)))
    const measurements: AdminMeasurement[] = []
    for (let round = 1; round <= rounds; round += 1) {
      for (const scenario of scenarios) {
        const measured = await measureScenario(server, scenario, facts, load, seconds, round)
        console.log(describe(measured))
        measurements.push(measured)
      }
    }
    return { ...adminSize, seconds, measurements, plans }
  } finally {
    await client.end()
    await server.stop()
  }
}

function describe({
  group,
  title,
  rps,
  wall,
  alone,
  database,
  cpu,
  failures,
  failureSample,
}: AdminMeasurement) {
  return [
    `${`${group}: ${title}`.padEnd(52)} ${rps.toFixed(0).padStart(5)} rps`,
    `p50 ${wall.p50Ms.toFixed(0)} p99 ${wall.p99Ms.toFixed(0)} ms (alone ${alone.p50Ms.toFixed(1)}/${alone.p99Ms.toFixed(1)})`,
    `db p50 ${database.p50Ms.toFixed(1)} p99 ${database.p99Ms.toFixed(1)} ms`,
    `cpu worker ${cpu.worker.toFixed(2)} db ${cpu.database.toFixed(2)} gateway ${cpu.gateway.toFixed(2)} ms`,
    ...(failures > 0 ? [`INVALID: ${failures} failures, first: ${failureSample ?? 'lost connection'}`] : []),
  ].join('  ')
}

/** People and cursors to ask for. Cursors come from walking the list, page by page, as an administrator would. */
async function findFacts(server: AdminServer, client: pg.Client): Promise<AdminFacts> {
  const people = await client.query<{ id: string; username: string }>(
    `SELECT id, username FROM users WHERE id IN (SELECT id FROM users ORDER BY md5(id::text) LIMIT 400)
       AND email LIKE '%@example.com' LIMIT 50`,
  )
  const admins = await client.query<{ id: string }>('SELECT id FROM users WHERE username = ANY ($1)', [
    Array.from({ length: adminSize.admins }, (_, index) => adminNameOf(index)),
  ])
  const changed = await client.query<{ id: string }>(
    "SELECT DISTINCT entity_id AS id FROM (SELECT entity_id FROM audit_events WHERE type = 'user.updated' LIMIT 2000) AS recent LIMIT 50",
  )
  const cursors: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await server.get(`/admin/users?limit=200${cursor ? `&cursor=${cursor}` : ''}`)) as {
      page_info: { next_cursor: string | null }
    }
    cursor = page.page_info.next_cursor
    if (cursor !== null) cursors.push(cursor)
  }
  return {
    userIds: people.rows.map(({ id }) => id),
    usernames: people.rows.map(({ username }) => username),
    adminIds: admins.rows.map(({ id }) => id),
    changedIds: changed.rows.map(({ id }) => id),
    middleCursor: cursors[Math.floor(cursors.length / 2)] ?? '',
    lastCursor: cursors.at(-1) ?? '',
  }
}
