/**
 * What an audit event costs Postgres in the background: the very statement that an outbox delivers with, over batches of
 * events as token requests write them, timed by Postgres itself (pg_stat_statements; triggers and indexes are in it).
 */
import { PgDialect } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { migrateDatabase } from '../scripts/migrate.ts'
import { insertEventsJson } from '../src/audit/insert-events.store.ts'
import { uuidv7 } from '../src/kit/ids.ts'
import type { BenchDatabase } from './bench-database.ts'
import { auditEventGoal } from './goals.ts'

const batchesPerRound = 50

const tokenIssued = (index: number) => ({
  id: uuidv7(),
  type: 'token.issued',
  occurred_at: Date.now(),
  outcome: 'success',
  actor_type: 'client',
  actor_id: `machine-${index % 50}`,
  client_id: `machine-${index % 50}`,
  ip: `198.51.100.${index % 250}`,
  user_agent: 'orders-service/1.4.2',
  request_id: uuidv7(),
  data: { grant_type: 'client_credentials', scopes: ['orders:read'], jti: `svc.${uuidv7()}` },
})

/** Microseconds per event, one figure for each round. The database must be empty. */
export async function measureAuditCost(database: BenchDatabase, rounds: number): Promise<number[]> {
  await migrateDatabase({ ownerUrl: database.url, databaseUrl: database.workerUrl })
  const client = new pg.Client({ connectionString: database.workerUrl })
  await client.connect()
  try {
    const figures: number[] = []
    // One more than is counted: the first one plans, and reads what it needs from disk.
    for (let round = 0; round <= rounds; round += 1) figures.push(await costOf(client))
    return figures.slice(1)
  } finally {
    await client.end()
  }
}

async function costOf(client: pg.Client): Promise<number> {
  const before = await spentOn(client)
  for (let batch = 0; batch < batchesPerRound; batch += 1) {
    const events = Array.from({ length: auditEventGoal.batchSize }, (_, index) => tokenIssued(index))
    const { sql, params } = new PgDialect().sqlToQuery(insertEventsJson(JSON.stringify(events)))
    await client.query(sql, params)
  }
  const after = await spentOn(client)
  const events = after.rows - before.rows
  if (events !== batchesPerRound * auditEventGoal.batchSize) throw new Error(`${events} events were stored`)
  return ((after.milliseconds - before.milliseconds) * 1_000) / events
}

/** So far, by every session of this role. */
async function spentOn(client: pg.Client): Promise<{ rows: number; milliseconds: number }> {
  const { rows } = await client.query<{ rows: string | null; milliseconds: number | null }>(
    `SELECT sum(rows) AS rows, sum(total_exec_time) AS milliseconds FROM stats.pg_stat_statements
     WHERE query ~* '^\\s*insert into audit_events'`,
  )
  return { rows: Number(rows[0]?.rows ?? 0), milliseconds: rows[0]?.milliseconds ?? 0 }
}
