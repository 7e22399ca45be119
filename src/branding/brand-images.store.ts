/** Pictures of a deployment in Postgres. */
import { sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import type { Loaded } from '../edge-cache/cached-lookup.ts'

/** The content (base64) in one round trip; a digest names one content, so there is one version of it. */
export async function loadBrandImage(
  database: Database,
  digest: string,
): Promise<Loaded<readonly [content: string]> | undefined> {
  const { rows } = await database.execute<{ content: string }>(
    sql`select content from brand_images where digest = ${digest} limit 1`,
  )
  return rows[0] && { version: 1, value: [rows[0].content] }
}
