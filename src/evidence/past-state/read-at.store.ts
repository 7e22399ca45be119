/** Entities as they were at a past time (`?at=`), rebuilt from the audit trail. */
import type { SQL } from 'drizzle-orm'
import type { Row, RunBatch } from '../../db/run-batch.ts'
import { changesSince, toPastChanges } from './state-at.store.ts'
import { stateAt } from './state-at.ts'

/**
 * The row at `at`; its `version` and `updated_at` are current or missing. Undefined when the entity did not exist
 * then or its past was erased. One round trip.
 * @param input.select the current row, as JSON in a column `row`
 * @param input.at RFC 3339
 */
export async function readAt(
  db: { readonly runAll: RunBatch },
  input: {
    readonly entityType: string
    readonly entityId: string
    readonly select: SQL
    readonly at: string
  },
): Promise<Row | undefined> {
  const at = new Date(input.at).toISOString()
  const [found, changes] = await db.runAll([input.select, changesSince(input.entityType, input.entityId, at)])
  const past = stateAt(found?.[0]?.['row'] as Row | undefined, toPastChanges(changes ?? []))
  // Entities older than the trail have no event of their creation.
  const createdAt = past?.['created_at']
  return typeof createdAt === 'string' && Date.parse(createdAt) > Date.parse(at) ? undefined : past
}
