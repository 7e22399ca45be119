/** Whether Postgres answers, and whether the worker's role has no more privileges than it should. */
import { sql } from 'drizzle-orm'
import type { RunBatch } from '../db/run-batch.ts'
import { roleRisks } from './role-risks.store.ts'

/** The excess privileges of the worker's role. Rejects when Postgres is unavailable. */
export async function askPostgres(runBatch: RunBatch): Promise<readonly string[]> {
  const [rows] = await runBatch([sql`select to_json(${sql.raw(roleRisks('current_user'))}) as risks`])
  return rows?.[0]?.['risks'] as readonly string[]
}
