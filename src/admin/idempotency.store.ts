/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a POST that is sent again, even in parallel, acts
 * once. The key is claimed in the transaction of the write; whoever comes second waits for the first, is refused
 * by the database, and gets the recorded answer. Answers are sealed: one may show a secret once.
 */
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { checkRows } from '../db/json-row.ts'
import type { Row, RunBatch } from '../db/run-batch.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { Answer } from './operation.ts'

/** How long a repetition is recognised. */
const keptSeconds = 86_400
const sealPurpose = 'idempotent-answer'

/**
 * Which request a key belongs to: the same key for another one is a mistake of the caller. A MAC, because a body may
 * hold a password, and whoever reads the database could try passwords against a plain hash.
 */
export const fingerprintOf = (root: RootSecret, request: Request, bodyText: string): Promise<string> => {
  const { pathname, search } = new URL(request.url)
  return root.mac('idempotency fingerprint', `${request.method} ${pathname}${search}\n${bodyText}`)
}

/** The statement that claims `key` with its answer; raises `AU208` when the key is taken. */
export async function claimKey(
  root: RootSecret,
  input: { actorId: string; key: string; fingerprint: string; answer: Answer },
): Promise<SQL> {
  const { actorId, key, fingerprint, answer } = input
  const sealed = await root.seal(sealPurpose, JSON.stringify(answer), `${actorId} ${key}`)
  return sql`select authly_claim_idempotency_key(${actorId}, ${key}, ${fingerprint}, ${sealed}, ${keptSeconds}::int)`
}

export const selectRecorded = (actorId: string, key: string): SQL =>
  sql`select fingerprint, answer_sealed from idempotency_keys where actor_id = ${actorId} and key = ${key}`

const recordedRow = z.object({ fingerprint: z.string(), answer_sealed: z.string() })

/** The row of `selectRecorded`, if there is one. */
export const readRecorded = (rows: readonly Row[]) => checkRows(recordedRow, rows)[0]

/** The recorded answer; undefined when it cannot be opened any more. */
export async function openRecorded(
  root: RootSecret,
  actorId: string,
  key: string,
  sealed: string,
): Promise<Answer | undefined> {
  const text = await root.open(sealPurpose, sealed, `${actorId} ${key}`)
  return text === undefined ? undefined : (JSON.parse(text) as Answer)
}

/** Deletes what is too old to be recognised, a bounded number at a time: the next run takes the rest. */
export async function deleteExpiredKeys(runBatch: RunBatch): Promise<void> {
  await runBatch([
    sql`delete from idempotency_keys where ctid in
      (select ctid from idempotency_keys where expires_at < now() order by expires_at limit 10000)`,
  ])
}
