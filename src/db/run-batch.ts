/** Several statements in one HTTP call and one transaction: all of them happen, or none. */
import type { SQL } from 'drizzle-orm'
import type { Database } from './client.ts'

export type Row = Record<string, unknown>
/** Runs `statements` in order in one transaction; rows of each. One round trip. */
export type RunBatch = (statements: readonly SQL[]) => Promise<readonly (readonly Row[])[]>

export const createRunBatch =
  (database: Database): RunBatch =>
  async (statements) => {
    const queries = statements.map((statement) => database.execute<Row>(statement))
    const [first, ...rest] = queries
    if (first === undefined) return []
    const results = await database.batch([first, ...rest])
    return results.map((result) => result.rows)
  }
