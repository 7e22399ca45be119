/** Whether Postgres answers, and to a role that may no more than it should. */
import { sql } from 'drizzle-orm'
import type { RunBatch } from '../db/run-batch.ts'
import { roleRisks } from './role-risks.store.ts'

/** What the worker's role may too much. Rejects when Postgres is away. */
export async function askPostgres(runBatch: RunBatch): Promise<readonly string[]> {
  const [rows] = await runBatch([sql`select to_json(${sql.raw(roleRisks('current_user'))}) as risks`])
  return rows?.[0]?.['risks'] as readonly string[]
}
