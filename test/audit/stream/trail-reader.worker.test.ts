import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createTrailReader } from '../../../src/audit/stream/trail-reader.store.ts'
import { createRunBatch } from '../../../src/db/run-batch.ts'
import { ownDatabase } from '../../fakes/database.ts'

it('knows whether retention has removed events behind a position, and none before it', async () => {
  const database = await ownDatabase()
  const reader = createTrailReader(createRunBatch(database))
  await database.execute(sql`
    INSERT INTO audit_events (id, type, occurred_at, outcome, actor_type)
    SELECT gen_random_uuid(), 'token.issued', now(), 'success', 'system' FROM generate_series(1, 3)`)
  expect(await reader.hasGaps(0)).toBe(false)
  await database.batch([
    database.execute(sql`DELETE FROM audit_events WHERE position = 2`),
    database.execute(sql`
      INSERT INTO audit_checkpoints (sequence, first_position, last_position, event_count, merkle_root,
                                     previous_hash, leaves, signature, public_jwk)
      VALUES (1, 1, 2, 2, 'r', 'p', '[]', 's', '{}')`),
    database.execute(sql`
      INSERT INTO audit_events (id, type, occurred_at, outcome, actor_type, entity_type, entity_id)
      VALUES (gen_random_uuid(), 'audit.events_removed', now(), 'success', 'system', 'audit_checkpoint', '1')`),
  ])
  expect(await reader.hasGaps(1)).toBe(true)
  expect(await reader.hasGaps(2)).toBe(false)
})
