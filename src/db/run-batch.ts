/** Several statements in one HTTP call and one transaction: all are committed, or none. */
import type { SQL } from 'drizzle-orm'
import { createDatabase, type Database } from './database.ts'

export type Row = Record<string, unknown>
/** A column of a row that may be null, as text. */
export const textOrNull = (value: unknown): string | null => (value === null ? null : String(value))

/** Runs `statements` in order in one transaction and returns the rows of each. One round trip. */
export type RunBatch = (statements: readonly SQL[]) => Promise<readonly (readonly Row[])[]>

interface DatabaseTarget {
  readonly databaseUrl: string
  readonly databaseGatewayUrl: string | undefined
}

export const createRunBatch =
  (database: Database): RunBatch =>
  async (statements) => {
    const queries = statements.map((statement) => database.execute<Row>(statement))
    const [first, ...rest] = queries
    if (first === undefined) return []
    const results = await database.batch([first, ...rest])
    return results.map((result) => result.rows)
  }

/**
 * Uses a client per batch and gives up after `milliseconds`; for work that outlives a request, because a client must
 * not outlive the event that created it.
 */
export const createBoundedBatch =
  (target: DatabaseTarget, milliseconds: number): RunBatch =>
  async (statements) => {
    const timeout = new AbortController()
    // Not AbortSignal.timeout: its timer would keep an object in memory long after the response.
    const timer = setTimeout(() => timeout.abort(new DOMException('no answer', 'TimeoutError')), milliseconds)
    const { databaseUrl, databaseGatewayUrl } = target
    try {
      return await createRunBatch(
        createDatabase(databaseUrl, databaseGatewayUrl, { signal: timeout.signal }),
      )(statements)
    } finally {
      clearTimeout(timer)
    }
  }
