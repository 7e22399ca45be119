/** Reading rows of jobs. */
import { type SQL, sql } from 'drizzle-orm'
import { tableRow } from '../../db/json-row.ts'
import { jobs } from '../../db/schema.ts'

export const jobRow = tableRow(jobs)

/** Rows for `firstRow(jobRow, …)`. */
export const selectJob = (jobId: string): SQL =>
  sql`select ${jobRow.json} as row from jobs where id = ${jobId}::uuid`
