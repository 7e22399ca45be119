/** Whether Postgres answers, has the schema of this build, and gives the worker's role no more privileges than it should. */
import { sql } from 'drizzle-orm'
import { newestMigration } from '../db/newest-migration.ts'
import type { Row, RunBatch } from '../db/run-batch.ts'
import { databaseErrorOf } from '../kit/database-error.ts'
import type { PostgresState } from './check-health.ts'
import { roleRisks } from './role-risks.store.ts'

const selectRisks = sql`select to_json(${sql.raw(roleRisks('current_user'))}) as risks`

/**
 * One round trip, two if there is no journal of migrations. Rejects when Postgres is unavailable.
 * @param migration that this build needs, by its time in the journal
 */
export async function askPostgres(runBatch: RunBatch, migration = newestMigration): Promise<PostgresState> {
  const selectMigration = sql`select 1 as found from drizzle.__drizzle_migrations where created_at = ${migration}`
  try {
    const [risks, migrations] = await runBatch([selectRisks, selectMigration])
    return { roleRisks: risksOf(risks), hasSchema: migrations?.length === 1 }
  } catch (error) {
    // A journal that does not exist or that the role may not read must not hide what else the role may do.
    if (databaseErrorOf(error)?.code === undefined) throw error
    const [risks] = await runBatch([selectRisks])
    return { roleRisks: risksOf(risks), hasSchema: false }
  }
}

const risksOf = (rows: readonly Row[] | undefined) => rows?.[0]?.['risks'] as readonly string[]
