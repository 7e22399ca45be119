/** Whether Postgres answers. */
import { sql } from 'drizzle-orm'
import type { RunBatch } from '../db/run-batch.ts'

/** Rejects when Postgres is away. */
export const askPostgres = (runBatch: RunBatch): Promise<unknown> => runBatch([sql`select 1`])
