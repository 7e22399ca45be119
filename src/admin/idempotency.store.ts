/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a repeated POST, even a parallel one, takes effect
 * once. The key is claimed in the transaction of the write; a second request waits for the first, is refused by the
 * database, and gets the recorded response. Responses are sealed, because one may contain a secret shown only once.
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
 * The request a key belongs to: using it for another request is an error of the caller. A MAC, because a body may
 * contain a password, which a reader of the database could guess against a plain hash.
 */
export const fingerprintOf = (root: RootSecret, request: Request, bodyText: string): Promise<string> => {
  const { pathname, search } = new URL(request.url)
  return root.mac('idempotency fingerprint', `${request.method} ${pathname}${search}\n${bodyText}`)
}

/** The statement that claims `key` with its response; raises `AU208` when the key is taken. */
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

/** The recorded response; undefined when it can no longer be opened. */
export async function openRecorded(
  root: RootSecret,
  actorId: string,
  key: string,
  sealed: string,
): Promise<Answer | undefined> {
  const text = await root.open(sealPurpose, sealed, `${actorId} ${key}`)
  return text === undefined ? undefined : (JSON.parse(text) as Answer)
}

/** Deletes expired keys, a bounded number per run. */
export async function deleteExpiredKeys(runBatch: RunBatch): Promise<void> {
  await runBatch([
    sql`delete from idempotency_keys where ctid in
      (select ctid from idempotency_keys where expires_at < now() order by expires_at limit 10000)`,
  ])
}
