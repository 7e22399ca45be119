/** A trail of one's own on a real Postgres: sealing, retention and verification with real keys. */
import { sql } from 'drizzle-orm'
import { createEvent } from '../../src/audit/create-event.ts'
import type { AuditEvent, AuditEventType } from '../../src/audit/event.ts'
import { insertEvents } from '../../src/audit/insert-events.store.ts'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { createSealStore, selectSegment, toSegment } from '../../src/evidence/evidence.store.ts'
import { createRetentionStore } from '../../src/evidence/retention.store.ts'
import { applyRetention, type RetentionDays } from '../../src/evidence/retention.ts'
import { sealTrail } from '../../src/evidence/seal-trail.ts'
import { createSignRecord } from '../../src/evidence/sign-record.ts'
import { createKeyring } from '../../src/keys/create-keyring.ts'
import { createSignJwt } from '../../src/keys/sign-jwt.ts'
import { insertSigningKey, loadSigningKeys } from '../../src/keys/signing-keys.store.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { ownDatabases } from '../fakes/database.ts'
import { cacheUnderTest } from '../fakes/edge-cache.ts'

export const issuer = 'https://auth.test'
export const keepForEver: RetentionDays = {
  token: null,
  authentication: null,
  consent: null,
  administration: null,
  system: null,
}

export async function trailUnderTest() {
  const { database, owned } = await ownDatabases()
  const runBatch = createRunBatch(database)
  const root = createRootSecret('dGVzdC1yb290LXNlY3JldC10ZXN0LXJvb3Qtc2VjcmV0LTAwMQ')
  const keyring = createKeyring({
    cache: cacheUnderTest({ now: Date.now }).cache,
    root,
    now: Date.now,
    loadKeys: () => loadSigningKeys(database),
    insertKey: (input) => insertSigningKey(database, input),
  })
  const sign = createSignRecord({ signJwt: createSignJwt({ keyring }), keyring, issuer, now: Date.now })
  const seal = (bounds?: { events: number; checkpoints: number }) =>
    sealTrail({ ...createSealStore(runBatch), sign, keyring, root }, bounds)
  return {
    database,
    /** As the role that owns it: for what the worker's may not do, such as changing an event. */
    owned,
    runBatch,
    root,
    keyring,
    sign,
    seal,
    retain: (days: Partial<RetentionDays>, now = Date.now) =>
      applyRetention({
        ...createRetentionStore(runBatch),
        days: async () => ({ ...keepForEver, ...days }),
        sign,
        now,
      }),
    /** Writes `count` events of one person each, a second apart. */
    async add(count: number, type: AuditEventType = 'session.created', about: Partial<AuditEvent> = {}) {
      const start = (about.occurred_at ?? Date.now()) - count * 1000
      const events = Array.from({ length: count }, (_, index) => ({
        ...createEvent(
          type,
          start + index * 1000,
          { ip: `10.0.0.${index % 250}`, user_agent: 'Test "quoted" ✓', request_id: `r${index}` },
          {
            outcome: 'success',
            actor_type: 'user',
            actor_id: `user-${index}`,
            user_id: `user-${index}`,
            data: { acr: 'x', amr: ['pwd'] },
          },
        ),
        ...about,
        occurred_at: start + index * 1000,
      }))
      await database.execute(insertEvents(events))
      return events
    },
    /** By the owner. */
    query: async (text: string) => (await owned.execute<Record<string, unknown>>(sql.raw(text))).rows,
    async segment(sequence: number) {
      const [rows] = await runBatch([selectSegment(sequence)])
      return toSegment(rows ?? [])
    },
  }
}
