/** Whether Postgres answers, has the schema of this build, and gives the worker's role no more privileges than it should. */
import { sql } from 'drizzle-orm'
import { newestMigration } from '../db/newest-migration.ts'
import type { RunBatch } from '../db/run-batch.ts'
import type { PostgresState } from './check-health.ts'
import { roleRisks } from './role-risks.store.ts'

/**
 * One statement. Rejects when Postgres is unavailable, and when the database was never migrated.
 * @param migration that this build needs, by its time in the journal
 */
export async function askPostgres(runBatch: RunBatch, migration = newestMigration): Promise<PostgresState> {
  const [rows] = await runBatch([
    sql`select to_json(${sql.raw(roleRisks('current_user'))}) as risks,
      exists (select from drizzle.__drizzle_migrations where created_at = ${migration}) as has_schema`,
  ])
  const row = rows?.[0]
  return { roleRisks: row?.['risks'] as readonly string[], hasSchema: row?.['has_schema'] === true }
}
