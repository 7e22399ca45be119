/** Reading rows of jobs. */
import { type SQL, sql } from 'drizzle-orm'

/** `{ job: JobRow }`, or no row. */
export const selectJob = (jobId: string): SQL =>
  sql`select to_jsonb(jobs) as job from jobs where id = ${jobId}::uuid`
